using System.Collections.Concurrent;
using System.Text;
using Npgsql;

namespace CsPlatform.Engagement.Writing;

/// <summary>
/// Which account a subject means. A known subject never changes its account, so replicas remember it. An unknown one is
/// asked for under a lock that the writer who registers it must take too: an event is then either counted here or seen
/// there as parked, never neither.
/// </summary>
internal sealed class SubjectTable
{
    /// <summary>First half of the advisory locks' keys; the second is a subject's bucket.</summary>
    public const int LockClass = 0x6373_7573;

    private const int Buckets = 256;
    private const int RememberedMax = 2_000_000;

    private readonly ConcurrentDictionary<string, Guid> known = new(StringComparer.Ordinal);

    public bool TryRecall(string subject, out Guid account) => known.TryGetValue(subject, out account);

    /// <summary>Only what is committed.</summary>
    public void Remember(IEnumerable<(string Subject, Guid Account)> subjects)
    {
        foreach (var (subject, account) in subjects)
            if (!known.ContainsKey(subject))
                known[subject] = account;
        if (known.Count > RememberedMax)
            known.Clear();
    }

    /// <summary>
    /// Finds the accounts of subjects. Those not found stay unregistered until the caller's transaction ends.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, Guid>> FindOrHold(
        NpgsqlConnection connection, IEnumerable<string> subjects)
    {
        var wanted = subjects.Distinct(StringComparer.Ordinal).ToArray();
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        await Find(connection, wanted, found);
        var missing = wanted.Where(s => !found.ContainsKey(s)).ToArray();
        if (missing.Length == 0)
            return found;

        await using var hold = new NpgsqlCommand(
            $"select pg_advisory_xact_lock_shared({LockClass}, bucket) from unnest($1) as bucket", connection);
        hold.Parameters.Add(new() { Value = missing.Select(BucketOf).Distinct().Order().ToArray() });
        await hold.ExecuteNonQueryAsync();
        await Find(connection, missing, found);
        return found;
    }

    /// <summary>The same in every replica and after every restart.</summary>
    public static int BucketOf(string subject)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(subject))
            hash = (hash ^ b) * 16777619u;
        return (int)(hash % Buckets);
    }

    private static async Task Find(NpgsqlConnection connection, string[] subjects, Dictionary<string, Guid> found)
    {
        await using var select = new NpgsqlCommand(
            "select subject, account_id from engagement.subject_key where subject = any($1)", connection);
        select.Parameters.Add(new() { Value = subjects });
        await using var reader = await select.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found[reader.GetString(0)] = reader.GetGuid(1);
    }
}
