using System.Text;

namespace CsPlatform.Contracts.Tests;

/// <summary>The programs of contracts/examples: what the README shows, and what the tests run.</summary>
/// <param name="Language">Its folder.</param>
/// <param name="Verb">publish-http, publish-amqp or subscribe.</param>
public sealed record Example(string Language, string Verb)
{
    public static IReadOnlyList<string> Languages { get; } = ["csharp", "python", "javascript"];

    public string File => Language switch
    {
        "csharp" => string.Concat(Verb.Split('-').Select(x => char.ToUpperInvariant(x[0]) + x[1..])) + ".cs",
        "python" => Verb.Replace('-', '_') + ".py",
        _ => Verb + ".js",
    };

    public string Folder => Repository.Path("contracts", "examples", Language);

    public string Text => System.IO.File.ReadAllText(Path.Combine(Folder, File), Encoding.UTF8);

    /// <summary>Python from Debian, which has pika there, whatever else is on the path.</summary>
    public string[] Command => Language switch
    {
        "csharp" => ["dotnet", Path.Combine(Folder, "bin", Configuration, "net10.0", "CsPlatform.Examples.dll"), Verb],
        "python" => ["/usr/bin/python3", File],
        _ => ["node", File],
    };

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
