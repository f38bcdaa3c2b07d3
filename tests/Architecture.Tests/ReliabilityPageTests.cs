using System.Text.RegularExpressions;

namespace CsPlatform.Architecture.Tests;

/// <summary>The page of promises names tests that exist, for every promise.</summary>
public sealed partial class ReliabilityPageTests
{
    private const string Page = "tests/reliability.md";

    [Fact]
    public void Every_test_that_the_page_names_exists() => Faults.AreNone(Unknown(Repository.Read(Page)));

    [Fact]
    public void Unknown_test_is_seen() => Assert.NotEmpty(Unknown("proved by `NowhereTests.Nothing_is_proved`"));

    [Fact]
    public void Every_promise_is_proved_by_a_test_and_seen_to_fail()
    {
        var rows = Repository.Read(Page).Split('\n').Where(line => PromiseRow().IsMatch(line)).ToList();

        Assert.Equal(
            ["P1", "P2", "P3", "P4", "P5", "P6", "P7"], rows.Select(row => PromiseRow().Match(row).Groups[1].Value));
        Assert.All(rows, row => Assert.True(NamedTest().Count(row) >= 2, $"Too little is named: {row}"));
        Assert.All(rows, row => Assert.Contains("SabotageTests.", row, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Unknown(string page)
    {
        var sources = Repository.Files
            .Where(f => f.StartsWith("tests/", StringComparison.Ordinal)
                && f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .ToLookup(f => Path.GetFileNameWithoutExtension(f));
        return from Match named in NamedTest().Matches(page)
               let method = named.Groups[2].Value
               where !sources[named.Groups[1].Value].Any(
                   f => Repository.Read(f).Contains($" {method}(", StringComparison.Ordinal))
               select $"{Page} names {named.Value}";
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"^\| (P\d) ")]
    private static partial Regex PromiseRow();
}
