using System.Text.RegularExpressions;

namespace CsPlatform.Architecture.Tests;

/// <summary>A code that a caller may meet stands in contracts/README.md.</summary>
public sealed partial class RefusalCodeTests
{
    [Fact]
    public void Every_code_of_a_refusal_is_documented()
    {
        var readme = Repository.Read("contracts", "README.md");
        var codes = Repository.Files
            .Where(f => (f.StartsWith("services/", StringComparison.Ordinal)
                || f.StartsWith("ServiceDefaults/", StringComparison.Ordinal))
                && f.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(f => CodesIn(Repository.Read(f)))
            .Distinct()
            .ToList();

        Assert.True(codes.Count > 50, "The codes were not found.");
        Faults.AreNone(codes.Where(c => !readme.Contains($"`{c}`", StringComparison.Ordinal)).Select(c => $"contracts/README.md does not list `{c}`"));
    }

    [Theory]
    [InlineData("throw new RefusedException(\n    \"no-such-code\", \"Text.\");")]
    [InlineData("public const string NoSuchCode = \"no-such-code\";")]
    [InlineData("        418 => \"no-such-code\",")]
    [InlineData("throw RefusedException.Unknown(\"no-such-code\");", "no-such-code-unknown")]
    [InlineData("return RowReport.Refused(record.Line, \"no-such-code\",\n    \"Text.\");")]
    public void Code_is_seen(string source, string code = "no-such-code") => Assert.Equal([code], CodesIn(source));

    private static IEnumerable<string> CodesIn(string source) =>
        Refused().Matches(source).Concat(Constant().Matches(source)).Concat(OfStatus().Matches(source))
            .Concat(OfRow().Matches(source)).Select(m => m.Groups[1].Value)
            .Concat(OfNoun().Matches(source).Select(m => $"{m.Groups[1].Value}-unknown"));

    [GeneratedRegex("""RefusedException\(\s*"([a-z0-9-]+)",""")]
    private static partial Regex Refused();

    [GeneratedRegex("""RefusedException\.Unknown\("([a-z-]+)"\)""")]
    private static partial Regex OfNoun();

    [GeneratedRegex("""public const string (?!Kind )[A-Z]\w+ = "([a-z0-9]+(?:-[a-z0-9]+)+)";""")]
    private static partial Regex Constant();

    [GeneratedRegex("""RowReport\.Refused\([^"()]+,\s*"([a-z0-9-]+)",""")]
    private static partial Regex OfRow();

    [GeneratedRegex("""^\s+4\d\d => "([a-z-]+)",""", RegexOptions.Multiline)]
    private static partial Regex OfStatus();
}
