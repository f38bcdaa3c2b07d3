using System.Text.RegularExpressions;

namespace CsPlatform.Architecture.Tests;

/// <summary>What the compiler and the formatter do not see, file by file.</summary>
public sealed partial class TidyTests
{
    private const int LinesMax = 300;

    private static readonly string[] CodeEndings = [".cs", ".js", ".mjs", ".py", ".sh", "/cs", ".ci/run"];
    private static readonly string[] TextEndings =
        [.. CodeEndings, ".md", ".json", ".yaml", ".yml", ".csproj", ".props", ".targets", ".txt", ".sql", ".sln", ".npmrc", ".example"];

    /// <summary>These say the forbidden words because they forbid them.</summary>
    private static readonly string[] Forbidders = ["BannedSymbols.txt", "tests/Architecture.Tests/TidyTests.cs"];

    [Fact]
    public void Files_are_tidy()
    {
        var texts = Repository.Files.Where(
            x => TextEndings.Any(("/" + x).EndsWith) && !Forbidders.Contains(x)).ToList();

        Assert.True(texts.Count > 100, "The clone's files were not found.");
        Faults.AreNone(texts.SelectMany(x => FaultsIn(x, Repository.Read(x))));
    }

    [Theory]
    [InlineData("services/Health/A.cs", "// TODO: later")]
    [InlineData("README.md", "FIXME before the release")]
    [InlineData("services/Health/ScoreManager.cs", "")]
    [InlineData("services/Health/A.cs", "internal static class DateUtil;")]
    [InlineData("services/Health/A.cs", "internal interface IScoreService;")]
    [InlineData("services/Health/A.cs", "internal sealed record ScoreDto(int X);")]
    [InlineData("services/Health/A.cs", "var now = DateTimeOffset.UtcNow;")]
    [InlineData("tests/Health.Tests/A.cs", "var id = Guid.NewGuid();")]
    [InlineData("services/Health/A.cs", "#region Scores")]
    [InlineData("services/Health/A.cs", "#pragma warning disable CA1822")]
    [InlineData("services/Health/A.cs", "Console.WriteLine(score);")]
    [InlineData("services/Health/A.cs", "[assembly: InternalsVisibleTo(\"X\")]\npublic sealed class Score;")]
    [InlineData("deploy/compose.yaml", "source: https://api.nu" + "get.org/v3/index.json")]
    [InlineData("package.json", "\"resolved\": \"https://registry.np" + "mjs.org/x\"")]
    [InlineData("cs", "cd /home/somebody/csplatform")]
    [InlineData("contracts/README.md", "see /ro" + "ot/notes")]
    [InlineData("deploy/key.txt", "-----BEGIN PRIVATE KEY-----")]
    public void Fault_is_seen(string file, string text) => Assert.NotEmpty(FaultsIn(file, text));

    [Fact]
    public void Long_file_is_seen()
    {
        Assert.NotEmpty(FaultsIn("services/Health/A.cs", string.Join('\n', Enumerable.Repeat("//", LinesMax + 1))));
        Assert.Empty(FaultsIn("services/Health/A.cs", string.Join('\n', Enumerable.Repeat("//", LinesMax)) + "\n"));
    }

    [Theory]
    [InlineData("services/Health/A.cs", "/// <summary>Works at /v1/accounts; a base score is no Base class.</summary>\ninternal sealed class ScoreModel;")]
    [InlineData("README.md", "Today is in the past; see /usr/bin/python3 and https://csplatform.dev/problems/x.")]
    public void Tidy_file_passes(string file, string text) => Assert.Empty(FaultsIn(file, text));

    private static IEnumerable<string> FaultsIn(string file, string text)
    {
        var isCode = CodeEndings.Any(("/" + file).EndsWith);
        var rules = Everywhere
            .Concat(isCode && file.EndsWith(".cs", StringComparison.Ordinal) ? InCSharp : [])
            .Concat(InService().IsMatch(file) ? InServices : []);
        foreach (var (what, rule) in rules)
        {
            if (rule.Match(text) is { Success: true } found)
                yield return $"{file}: {what}: {found.Value.Trim()}";
        }

        if (BadName().IsMatch(Path.GetFileNameWithoutExtension(file)))
            yield return $"{file}: a name that says nothing";
        if (isCode && text.TrimEnd('\n').Split('\n').Length is var lines && lines > LinesMax)
            yield return $"{file}: {lines} lines, at most {LinesMax}";
    }

    private static readonly (string What, Regex Rule)[] Everywhere =
    [
        ("unfinished", Unfinished()), ("a registry's host", RegistryHost()), (
            "a path of one machine", MachinePath()), ("a private key", PrivateKey()),
    ];

    private static readonly (string What, Regex Rule)[] InCSharp =
        [("a name that says nothing", BadType()), ("time or ids from nowhere", WallClock()), ("noise", Noise())];

    private static readonly (string What, Regex Rule)[] InServices = [("public in a service", PublicType()), ("console", ConsoleUse())];

    /// <summary>Backbone and AccountDirectory are what services build on.</summary>
    [GeneratedRegex(@"^services/(?!Backbone/|AccountDirectory/).*\.cs$")]
    private static partial Regex InService();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"nuget\.org|npmjs\.(org|com)|pypi\.org|pythonhosted\.org|deb\.debian\.org", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"(?<![\w.*}])/(home|root|work|Users)/|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"^I?\w*(Manager|Helpers?|Utils?|Utilities|Common|Impl|Dtos?|Base)$|^Class1$|^I[A-Z]\w*Service$")]
    private static partial Regex BadName();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+(\w*(Manager|Helpers?|Utils?|Utilities|Common|Impl|Dtos?|Base)\b|I[A-Z]\w*Service\b)")]
    private static partial Regex BadType();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bGuid\.NewGuid\b|\bThread\.Sleep\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"^\s*#(region|endregion)|^\s*#pragma warning disable", RegexOptions.Multiline)]
    private static partial Regex Noise();

    [GeneratedRegex(@"^public\s+(static |sealed |abstract |partial |readonly )*(class|record|struct|interface|enum)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bConsole\.Write")]
    private static partial Regex ConsoleUse();
}
