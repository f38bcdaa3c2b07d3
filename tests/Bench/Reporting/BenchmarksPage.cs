using System.Globalization;
using CsPlatform.Bench.Measuring;

namespace CsPlatform.Bench.Reporting;

/// <summary>
/// tests/benchmarks.md: words by people, and between two marks a table that only the command writes.
/// </summary>
internal static class BenchmarksPage
{
    public const string RelativePath = "tests/benchmarks.md";
    public const string Begin = "<!-- written by ./cs bench: begin -->", End = "<!-- written by ./cs bench: end -->";
    public const string Head = "| row | CsPlatform | baseline | ratio | cores in use |";

    /// <summary>The page with these results in the place of those before.</summary>
    /// <exception cref="FormatException">The page has no marks.</exception>
    public static string WithTable(
        string page, IReadOnlyList<Result> results, Machine machine, DateTimeOffset measuredAt)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
            throw new FormatException(
                $"{RelativePath} has no place for the table: it stands between {Begin} and {End}.");
        return page[..begin] + Begin + "\n" + Table(results, machine, measuredAt) + page[end..];
    }

    private static string Table(IReadOnlyList<Result> results, Machine machine, DateTimeOffset measuredAt) => $"""
        {FirstLine(machine, measuredAt)}

        {Head}
        | --- | --- | --- | --- | --- |
        {string.Join('\n', results.Select(r =>
            $"| **{r.Line.Name}**: {r.Line.Subject} | {Cell(r.Pair.Subject, r.Line)} | "
            + $"{r.Line.Baseline}: {Cell(r.Pair.Baseline, r.Line)} | {Figures.WithSpread(r.Pair.Ratio)} | "
            + $"{Figures.Cores(r.Pair.Subject)} |"))}

        """;

    private static string FirstLine(Machine machine, DateTimeOffset measuredAt) => string.Create(
        CultureInfo.InvariantCulture, $"Measured on {measuredAt:yyyy-MM-dd}: {machine.Line}.");

    private static string Cell(Samples samples, Line line) => $"{Figures.WithSpread(samples)} {line.Unit}";
}
