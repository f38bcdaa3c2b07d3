using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CsPlatform.ContractFiles;

/// <summary>What the docstrings of an assembly say, in plain text.</summary>
internal sealed partial class Docstrings
{
    private readonly Dictionary<string, XElement> members;

    public Docstrings(Type anyOfTheAssembly) =>
        members = XElement.Load(Path.ChangeExtension(anyOfTheAssembly.Assembly.Location, ".xml"))
            .Descendants("member").ToDictionary(m => (string)m.Attribute("name")!);

    public string Summary(Type type) => Text(members.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    /// <summary>Of a record's member.</summary>
    public string Member(Type type, string name) => Text(members.GetValueOrDefault($"T:{type.FullName}")?
        .Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == name));

    private static string Text(XElement? element)
    {
        if (element is null)
            return "";
        var plain = string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => $"{see.Attribute("cref")?.Value.Split('.')[^1]}",
            XElement inner => inner.Value,
            _ => "",
        }));
        return Blanks().Replace(plain, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
