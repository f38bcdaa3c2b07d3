using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Writing;

/// <summary>Takes ids for good. What was taken before is a repeat, or a conflict where the content differs.</summary>
/// <remarks>
/// Most ids are new, and COPY takes new ones at half the price of an insert that expects conflicts; but one id that was
/// taken before undoes it. So after each repeat that is seen, the next groups are taken with care.
/// </remarks>
internal sealed class ClaimTable
{
    /// <summary>Below this many COPY's round trips cost more than they save.</summary>
    private const int CopyMin = 50;

    private const int CarefulGroups = 16;

    private static readonly ItemResult Repeated = new(ItemStatus.Repeated);

    private static readonly ItemResult Conflict = new(
        ItemStatus.Refused, IntakeCodes.IdReused, "This source has used this id for an event with other content.");

    private volatile int careful;

    /// <summary>
    /// Begins the transaction that takes the ids: taking them is the first thing in it, so nothing else is undone when
    /// it has to begin anew.
    /// </summary>
    public async Task<NpgsqlTransaction> BeginTaking(NpgsqlConnection connection, IReadOnlyList<Claim> claims)
    {
        var (firsts, laters) = Distinct(claims);
        var wanted = firsts.Values.ToArray();
        Array.Sort(wanted, InOrder);
        if (wanted.Length >= CopyMin && careful == 0)
        {
            var attempt = await connection.BeginAsync();
            try
            {
                await Copy(connection, wanted);
                Judge(laters, firsts, []);
                return attempt;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                await attempt.DisposeAsync();
            }
            catch
            {
                await attempt.DisposeAsync();
                throw;
            }
        }

        var transaction = await connection.BeginAsync();
        try
        {
            await TakeWithCare(connection, wanted, firsts, laters);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private async Task TakeWithCare(
        NpgsqlConnection connection, Claim[] wanted, Dictionary<(int, string), Claim> firsts, List<Claim> laters)
    {
        if (wanted.Length == 0)
            return;
        var taken = await Insert(connection, wanted);

        // The stored fingerprint judges: that of the first item where it was taken just now, else that of an earlier
        // one.
        var known = taken.Count < wanted.Length
            ? await Stored(connection, wanted.Where(c => !taken.Contains(c.Key)).Select(c => c.Key))
            : [];
        careful = known.Count > 0 ? CarefulGroups : Math.Max(0, careful - 1);
        Judge(wanted.Where(c => !taken.Contains(c.Key)).Concat(laters), firsts, known);
    }

    private static int InOrder(Claim a, Claim b) => a.SourceId != b.SourceId
        ? a.SourceId.CompareTo(b.SourceId)
        : string.CompareOrdinal(a.Event.Id, b.Event.Id);

    private static (Dictionary<(int, string), Claim> Firsts, List<Claim> Laters) Distinct(IReadOnlyList<Claim> claims)
    {
        var firsts = new Dictionary<(int, string), Claim>(claims.Count);
        var laters = new List<Claim>();
        foreach (var claim in claims)
            if (!firsts.TryAdd(claim.Key, claim))
                laters.Add(claim);
        return (firsts, laters);
    }

    private static void Judge(
        IEnumerable<Claim> repeats, Dictionary<(int, string), Claim> firsts, Dictionary<(int, string), byte[]> known)
    {
        foreach (var claim in repeats)
        {
            var stored = known.TryGetValue(claim.Key, out var earlier) ? earlier : firsts[claim.Key].Event.Fingerprint;
            claim.Outcome = claim.Event.Fingerprint.AsSpan().SequenceEqual(stored) ? Repeated : Conflict;
        }
    }

    /// <exception cref="PostgresException">
    /// 23505: one of them was taken before, or by another writer just now.
    /// </exception>
    private static async Task Copy(NpgsqlConnection connection, Claim[] wanted)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy engagement.usage_claim (source_id, id, fingerprint) from stdin (format binary)");
        foreach (var claim in wanted)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(claim.SourceId, NpgsqlDbType.Integer);
            await copy.WriteAsync(claim.Event.Id, NpgsqlDbType.Text);
            await copy.WriteAsync(claim.Event.Fingerprint, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync();
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
