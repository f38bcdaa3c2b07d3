using System.Text.RegularExpressions;

namespace CsPlatform.Architecture.Tests;

/// <summary>The README leads where it says, and names what there is.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Links_lead_somewhere() =>
        Faults.AreNone(
            from file in Repository.Files
            where file.EndsWith(".md", StringComparison.Ordinal)
            from link in BrokenLinks(file, Repository.Read(file))
            select link);

    [Fact]
    public void Broken_link_is_seen() => Assert.NotEmpty(BrokenLinks("README.md", "[more](docs/nowhere.md)"));

    [Fact]
    public void Readme_names_the_services_and_the_two_commands()
    {
        var readme = Repository.Read("README.md");

        Assert.All(Topology.Services, x => Assert.Contains($"services/{char.ToUpperInvariant(x.Name[0])}{x.Name[1..]}", readme, StringComparison.Ordinal));
        Assert.Contains("./cs demo", readme, StringComparison.Ordinal);
        Assert.Contains("./cs test", readme, StringComparison.Ordinal);
        Assert.Contains("```mermaid", readme, StringComparison.Ordinal);
    }

    private static IEnumerable<string> BrokenLinks(string file, string text) =>
        from link in RelativeLink().Matches(text)
        let path = Repository.Path(Path.GetDirectoryName(file) ?? "", link.Groups[1].Value)
        where !Path.Exists(path)
        select $"{file} links to {link.Groups[1].Value}";

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}
