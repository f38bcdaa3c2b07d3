using Npgsql;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>Gathers what is wrong: rows that a query finds and should not, and sets that should be equal.</summary>
internal sealed class Findings(ReliabilitySystem system)
{
    private readonly List<Violation> violations = [];

    public Verdict Verdict => new([.. violations]);

    public void Add(Promise promise, string what) => violations.Add(new(promise, what));

    /// <summary>Each row of the query is a fault.</summary>
    public async Task NoneAsync(Promise promise, string what, string service, string sql)
    {
        var rows = await RowsAsync(service, sql);
        if (rows.Count > 0)
            Add(promise, $"{what}: {Shown(rows)}");
    }

    public void Equal(Promise promise, string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var left = Counted(expected);
        var right = Counted(found);
        var missing = left.Where(l => right.GetValueOrDefault(l.Key) < l.Value).Select(l => l.Key).ToList();
        var surplus = right.Where(r => left.GetValueOrDefault(r.Key) < r.Value).Select(r => r.Key).ToList();
        if (missing.Count > 0)
            Add(promise, $"{what}: missing {Shown(missing)}");
        if (surplus.Count > 0)
            Add(promise, $"{what}: too many {Shown(surplus)}");
    }

    /// <summary>The first column of each row, as text.</summary>
    public async Task<List<string>> RowsAsync(string service, string sql)
    {
        await using var command = system.Database(service).CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.IsDBNull(0) ? "" : $"{reader.GetValue(0)}");
        return rows;
    }

    public async Task<bool> ExistsAsync(string service, string table)
    {
        await using var command = system.Database(service).CreateCommand("select to_regclass($1) is not null");
        command.Parameters.Add(new NpgsqlParameter { Value = $"{service}.{table}" });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, int> Counted(IEnumerable<string> rows) =>
        rows.GroupBy(r => r, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    private static string Shown(List<string> rows) =>
        $"{rows.Count}, {string.Join("; ", rows)}";
}
