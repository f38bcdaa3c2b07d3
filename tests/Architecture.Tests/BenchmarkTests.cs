using System.Text.RegularExpressions;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Reporting;

namespace CsPlatform.Architecture.Tests;

/// <summary>tests/benchmarks.md shows what the command measured, all of it, and nothing that names a machine.</summary>
public sealed partial class BenchmarkTests
{
    [Fact]
    public void Table_is_of_the_shape_that_the_command_writes() =>
        Faults.AreNone(FaultsIn(Repository.Read(BenchmarksPage.RelativePath)));

    [Fact]
    public void What_the_command_writes_has_no_fault() => Assert.Empty(FaultsIn(Written()));

    [Theory]
    [InlineData("events/s", "a second")]
    [InlineData("| **rebuild**: ", "| **rebuilt**: ")]
    [InlineData("PostgreSQL 15.1", "PostgreSQL")]
    [InlineData("PostgreSQL 1.50, client 0.12", "PostgreSQL")]
    [InlineData("Measured on", "Measured on host-1, ")]
    [InlineData(BenchmarksPage.End, "")]
    public void Fault_is_seen(string correct, string wrong)
    {
        Assert.Contains(correct, Written(), StringComparison.Ordinal);
        Assert.NotEmpty(FaultsIn(Written().Replace(correct, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Ratio_is_taken_round_by_round()
    {
        var pair = new Pair(new([100, 50, 200]), new([50, 50, 50]));

        Assert.Equal([0.5, 1, 0.25], pair.Ratio.Values);
        Assert.Equal("0.50 (0.25–1.00)", Figures.WithSpread(pair.Ratio));
    }

    [Fact]
    public void Percentiles_go_by_nearest_rank()
    {
        var samples = new Samples([.. Enumerable.Range(1, 50).Select(i => (double)i)]);

        Assert.Equal((25.5, 50, 1, 50), (samples.Median, samples.Percentile(99), samples.Min, samples.Max));
    }

    private static string Written() => BenchmarksPage.WithTable(
        $"{BenchmarksPage.Begin}\n{BenchmarksPage.End}\n",
        [
            .. Rows.All.SelectMany(r => r.Lines)
                .Select(l => new Result(l, new Pair(new([1234.5, 99.9]), new([4.1, 0.01])
                {
                    Cores = new Dictionary<string, double> { ["client"] = 0.123, ["PostgreSQL"] = 1.5 },
                }))),
        ],
        new Machine(2, 8, "Debian 12", ".NET 10.0.1", "15.1", "3.10.8"),
        new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero));

    private static IEnumerable<string> FaultsIn(string page)
    {
        var parts = page.Split(BenchmarksPage.Begin);
        if (parts.Length != 2 || parts[1].Split(BenchmarksPage.End) is not [var table, _])
        {
            yield return "The table does not stand between its two marks.";
            yield break;
        }

        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 3 || !MachineLine().IsMatch(lines[0]) || lines[1] != BenchmarksPage.Head)
        {
            yield return "The table does not begin with its date and machine, or has another head.";
            yield break;
        }

        var expected = Rows.All.SelectMany(r => r.Lines).ToArray();
        if (lines.Length - 3 != expected.Length)
            yield return $"The table has {lines.Length - 3} lines, the command {expected.Length}.";
        foreach (var (line, row) in lines.Skip(3).Zip(expected))
            if (!Regex.IsMatch(line, ShapeOf(row)))
                yield return $"{row.Name} is not as the command writes it: {line}";
    }

    private static string ShapeOf(Line row)
    {
        const string number = @"[\d,]+(\.\d+)?", figure = $@"{number}( \({number}–{number}\))?";
        const string cores = @"(\w+ \d\.\d\d, )*(\w+ \d\.\d\d)? ";
        var (name, subject) = (Regex.Escape(row.Name), Regex.Escape(row.Subject));
        var (baseline, unit) = (Regex.Escape(row.Baseline), Regex.Escape(row.Unit));
        return $@"^\| \*\*{name}\*\*: {subject} \| {figure} {unit} \| {baseline}: {figure} {unit} \| {figure} \| {cores}\|$";
    }

    [GeneratedRegex(
        @"^Measured on \d{4}-\d\d-\d\d: \d+ cores, \d+ GiB, [\w ().,/]+, \.NET [\d.]+, "
        + @"PostgreSQL \d[\d.]*, RabbitMQ \d[\d.]*\.$")]
    private static partial Regex MachineLine();
}
