using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>Nothing is left to do anywhere, and what was set aside is what was planted.</summary>
internal static class RestCheck
{
    public static async Task RunAsync(ReliabilitySystem system, Findings findings)
    {
        foreach (var service in Topology.Services.Select(s => s.Name))
        {
            await findings.NoneAsync(Promise.Recovers, $"{service}: the daemon is behind", service, $"""
                select name || ' at ' || last_seq_id from {service}.mt_event_progression
                 where name not like 'HighWater%' and last_seq_id < (select max(seq_id) from {service}.mt_events)
                """);
            if (await findings.ExistsAsync(service, "mt_doc_deadletterevent"))
                await findings.NoneAsync(Promise.NothingDropped, $"{service}: the daemon skipped events", service,
                    $"select id::text from {service}.mt_doc_deadletterevent");
            await findings.NoneAsync(Promise.Recovers, $"{service}: figures that nobody told", service,
                $"select account_id::text from {service}.figure_mark");
            findings.Equal(Promise.NothingDropped, $"{service}: failed messages", system.Planted.Failed(service),
                await findings.RowsAsync(service, $"select id || ' ' || encode(sha256(body), 'hex') from {service}.failed_message where replayed_at is null"));
            // A service that has just started tries for the lead every second.
            await Persistently.TryAsync(async () => await LeadersAsync() is ["1"], TimeSpan.FromSeconds(10));
            findings.Equal(Promise.Recovers, $"{service}: leaders of the daemon", ["1"], await LeadersAsync());

            Task<List<string>> LeadersAsync() => findings.RowsAsync(service, """
                select count(*)::text from pg_stat_activity a
                 where a.datname = current_database() and a.application_name = 'daemon-leader'
                   and exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.granted)
                """);
        }
        await findings.NoneAsync(Promise.Recovers, "marks that nobody took away", "engagement",
            "select account_id || ' ' || day from engagement.day_mark");
        var left = await system.QueuesUntilEmptyAsync();
        if (left.Count > 0)
            findings.Add(Promise.Recovers, $"queues are not empty: {string.Join(", ", left)}");
    }
}
