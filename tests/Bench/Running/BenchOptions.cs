using CsPlatform.Bench.Measuring;
using CsPlatform.Local;

namespace CsPlatform.Bench.Running;

internal sealed record BenchOptions(IReadOnlyList<Row> Rows, string? JsonPath)
{
    public static string Help => $"""
        ./cs bench [row…] [--json <path>]     measure, each row against a baseline in the same run

          row…             only these rows:
                           {string.Join("\n                   ", Measuring.Rows.All.Select(r => r.Name).Chunk(5)
                               .Select(names => string.Join(' ', names)))}
          --json <path>    where the result goes (default: .local/bench/<time>.json)

        PostgreSQL and RabbitMQ are private instances for this run, the services run as processes. Baseline and subject
        take turns, {Alternation.Rounds} times after a warm-up; a line shows medians, and the ratio with its least and
        its greatest value. A run of all rows also writes the table in tests/benchmarks.md, and its values beside it.
        """;

    public bool IsWhole => Rows.Count == Measuring.Rows.All.Count;

    /// <exception cref="LocalException">Words that mean nothing here.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var names = new HashSet<string>();
        string? path = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--json")
                path = ++i < arguments.Count ? arguments[i] : throw new LocalException("--json needs a path.");
            else if (Measuring.Rows.All.Any(r => r.Name == arguments[i]))
                names.Add(arguments[i]);
            else
                throw new LocalException($"'{arguments[i]}' is no row.\n\n{Help}");
        }

        return new BenchOptions(
            [.. Measuring.Rows.All.Where(r => names.Count == 0 || names.Contains(r.Name))],
            path is null ? null : Path.GetFullPath(path));
    }
}
