using System.Collections.Concurrent;
using CsPlatform.Engagement.Submissions;
using Npgsql;

namespace CsPlatform.Engagement.Writing;

/// <summary>Numbers of sources: given once, never changed, so a replica may remember them.</summary>
internal sealed class SourceTable
{
    private readonly ConcurrentDictionary<string, int> ids = new(StringComparer.Ordinal);

    public int IdOf(string source) => ids[source];

    /// <summary>Call it outside a transaction: a number must outlive the write that needed it first.</summary>
    public Task Learn(NpgsqlConnection connection, IEnumerable<Entry> entries) =>
        Learn(connection, entries.Select(e => e.Item.Event?.Source).OfType<string>());

    public async Task Learn(NpgsqlConnection connection, IEnumerable<string> sources)
    {
        var unknown = sources
            .Where(s => !ids.ContainsKey(s))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (unknown.Length == 0)
            return;

        await using var command = new NpgsqlCommand(
            """
            insert into engagement.usage_source (source)
            select s from unnest($1) s where not exists (select from engagement.usage_source u where u.source = s)
            on conflict do nothing
            """, connection);
        command.Parameters.Add(new() { Value = unknown });
        await command.ExecuteNonQueryAsync();

        command.CommandText = "select source_id, source from engagement.usage_source where source = any($1)";
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            ids[reader.GetString(1)] = reader.GetInt32(0);
    }
}
