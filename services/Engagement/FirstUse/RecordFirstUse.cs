using System.Collections.Concurrent;
using CsPlatform.Engagement.Submissions;
using Npgsql;

namespace CsPlatform.Engagement.FirstUse;

/// <summary>
/// Writes an account's first use to its stream, in the transaction of the events that show it. Only an earlier day is
/// worth a correction: events of one day come in any order.
/// </summary>
internal sealed class RecordFirstUse(IDocumentStore store)
{
    private readonly ConcurrentDictionary<Guid, DateOnly> known = new();

    public async Task Record(NpgsqlTransaction transaction, IReadOnlyList<CountedUse> uses)
    {
        var candidates = Earliest(uses)
            .Where(u => !known.TryGetValue(u.AccountId, out var day) || u.Day < day)
            .ToArray();
        if (candidates.Length == 0)
            return;

        var firsts = await Keep(transaction.Connection!, candidates);
        if (firsts.Count == 0)
            return;

        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        foreach (var (use, isNew) in firsts)
        {
            object fact = isNew
                ? new FirstUseSeen(use.AccountId, use.OccurredAt)
                : new FirstUseCorrected(use.AccountId, use.OccurredAt);
            var e = session.Events.BuildEvent(fact);
            if (use.Traceparent is { } traceparent)
                e.SetHeader(EventStore.TraceHeader, traceparent);
            if (isNew)
                session.Events.StartStream<AccountUse>(use.AccountId, e);
            else
                session.Events.Append(use.AccountId, e);
        }

        await session.SaveChangesAsync();
        CrashPoint.Reach("first-use-recorded");
    }

    /// <summary>After the commit: later events of these accounts need not ask again.</summary>
    public void Remember(IReadOnlyList<CountedUse> uses)
    {
        foreach (var use in Earliest(uses))
            known.AddOrUpdate(use.AccountId, use.Day, (_, day) => day < use.Day ? day : use.Day);
    }

    /// <summary>Sorted by account, as all locks are.</summary>
    private static IEnumerable<CountedUse> Earliest(IReadOnlyList<CountedUse> uses) => uses
        .Where(u => !u.Event.Use.Automation)
        .GroupBy(u => u.AccountId)
        .Select(g => g.MinBy(u => u.OccurredAt)!)
        .OrderBy(u => u.AccountId);

    private static async Task<List<(CountedUse Use, bool IsNew)>> Keep(
        NpgsqlConnection connection, CountedUse[] candidates)
    {
        await using var upsert = new NpgsqlCommand(
            """
            insert into engagement.account_first_use as f (account_id, first_used_at)
            select * from unnest($1, $2)
            on conflict (account_id) do update set first_used_at = excluded.first_used_at
            where (excluded.first_used_at at time zone 'UTC')::date < (f.first_used_at at time zone 'UTC')::date
            returning account_id, xmax = 0
            """, connection);
        upsert.Parameters.Add(new() { Value = Array.ConvertAll(candidates, c => c.AccountId) });
        upsert.Parameters.Add(new() { Value = Array.ConvertAll(candidates, c => c.OccurredAt) });
        var byAccount = candidates.ToDictionary(c => c.AccountId);
        var firsts = new List<(CountedUse, bool)>();
        await using var reader = await upsert.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            firsts.Add((byAccount[reader.GetGuid(0)], reader.GetBoolean(1)));
        return firsts;
    }
}
