using CsPlatform.Engagement.UsageEvents;
using CsPlatform.ServiceDefaults;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Intake;

/// <summary>Takes ids for good. What was taken before is a repeat, or a conflict where the content differs.</summary>
internal static class ClaimStore
{
    private static readonly ItemResult Repeated = new(ItemStatus.Repeated);

    private static readonly ItemResult Conflict = new(
        ItemStatus.Refused, IntakeCodes.IdReused, "This source has used this id for an event with other content.");

    public static async Task Take(NpgsqlConnection connection, IReadOnlyList<Claim> claims)
    {
        if (claims.Count == 0)
            return;

        var firsts = new Dictionary<(int, string), Claim>(claims.Count);
        var laters = new List<Claim>();
        foreach (var claim in claims)
            if (!firsts.TryAdd(claim.Key, claim))
                laters.Add(claim);

        var wanted = firsts.Values.ToArray();
        Array.Sort(wanted, (a, b) => a.SourceId != b.SourceId
            ? a.SourceId.CompareTo(b.SourceId)
            : string.CompareOrdinal(a.Event.Id, b.Event.Id));
        var taken = await Insert(connection, wanted);
        if (Sabotage.Breaks("p2"))
            return;

        // The stored fingerprint judges: that of the first item where it was taken just now, else that of an earlier one.
        var known = taken.Count < wanted.Length
            ? await Stored(connection, wanted.Where(c => !taken.Contains(c.Key)).Select(c => c.Key))
            : [];
        foreach (var claim in wanted.Where(c => !taken.Contains(c.Key)).Concat(laters))
        {
            var stored = known.TryGetValue(claim.Key, out var earlier) ? earlier : firsts[claim.Key].Event.Fingerprint;
            claim.Outcome = claim.Event.Fingerprint.AsSpan().SequenceEqual(stored) ? Repeated : Conflict;
        }
    }

    private static async Task<HashSet<(int, string)>> Insert(NpgsqlConnection connection, Claim[] wanted)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into engagement.usage_claim (source_id, id, fingerprint)
            select * from unnest($1, $2, $3)
            on conflict do nothing
            returning source_id, id
            """, connection);
        insert.Parameters.Add(new() { Value = Array.ConvertAll(wanted, c => c.SourceId) });
        insert.Parameters.Add(new() { Value = Array.ConvertAll(wanted, c => c.Event.Id) });
        insert.Parameters.Add(new()
        {
            Value = Array.ConvertAll(wanted, c => c.Event.Fingerprint),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });
        await insert.PrepareAsync();
        var taken = new HashSet<(int, string)>(wanted.Length);
        await using var reader = await insert.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            taken.Add((reader.GetInt32(0), reader.GetString(1)));
        return taken;
    }

    /// <summary>
    /// A statement of its own sees what concurrent writers committed while the insert waited for them.
    /// </summary>
    private static async Task<Dictionary<(int, string), byte[]>> Stored(
        NpgsqlConnection connection, IEnumerable<(int SourceId, string Id)> keys)
    {
        var wanted = keys.ToArray();
        await using var select = new NpgsqlCommand(
            """
            select c.source_id, c.id, c.fingerprint
            from unnest($1, $2) as k(source_id, id)
            join engagement.usage_claim c on c.source_id = k.source_id and c.id = k.id
            """, connection);
        select.Parameters.Add(new() { Value = Array.ConvertAll(wanted, k => k.SourceId) });
        select.Parameters.Add(new() { Value = Array.ConvertAll(wanted, k => k.Id) });
        await select.PrepareAsync();
        var stored = new Dictionary<(int, string), byte[]>(wanted.Length);
        await using var reader = await select.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            stored.Add((reader.GetInt32(0), reader.GetString(1)), reader.GetFieldValue<byte[]>(2));
        return stored;
    }
}
