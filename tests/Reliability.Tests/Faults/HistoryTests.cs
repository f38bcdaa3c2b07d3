using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>All of history again: it says nothing new.</summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class HistoryTests(FaultSystem system)
{
    private static readonly (string Service, string Sql)[] Known =
    [
        ("engagement", "select account_id || ' ' || day || ' ' || events || ' ' || active_users || ' ' || minutes || ' ' || version from engagement.account_day"),
        ("health", "select id || ' ' || (data ->> 'score') from health.mt_doc_account_health"),
        ("health", "select id::text from health.mt_events where type <> 'tombstone'"),
        ("accounts", "select id || ' ' || data::text from accounts.mt_doc_account_row"),
        ("accounts", "select id::text from accounts.mt_events where type <> 'tombstone'"),
        ("feedback", "select d::text from feedback.account_directory d"),
        ("renewals", "select d::text from renewals.account_directory d"),
    ];

    [Fact]
    public async Task All_of_history_sent_and_published_again_changes_nothing_and_alarms_nobody()
    {
        var season = new Season(system, seed: 7, $"history-{Environment.TickCount64 % 100_000}");
        await season.RunAsync(customers: 2, eventsPerDay: 2);
        await system.UntilAtRestAsync();
        var before = await KnownAsync();
        var (alerts, deliveries) = (
            system.Alerts.Received.Select(a => a.Id).Distinct().Count(), system.Alerts.Received.Count);

        await Task.WhenAll(Known.Select(k => k.Service).Distinct().Select(system.StopAsync));
        foreach (var service in Known.Select(k => k.Service).Distinct())
        {
            await using var rewind = system.Database(service).CreateCommand(
                $"delete from {service}.mt_event_progression where name like 'outbox%'");
            Assert.Equal(1, await rewind.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }
        await using (var mark = system.Database("engagement").CreateCommand("""
            insert into engagement.day_mark (account_id, day, version) select account_id, day, version
              from engagement.account_day
            on conflict do nothing
            """))
            Assert.True(await mark.ExecuteNonQueryAsync(TestContext.Current.CancellationToken) > 0);
        await Task.WhenAll(Known.Select(k => k.Service).Distinct().Select(system.RestartAsync));
        await system.UntilAtRestAsync();

        Assert.InRange(system.Alerts.Received.Count, deliveries + alerts, int.MaxValue); // all came again
        Assert.Equal(before, await KnownAsync());
        Assert.Equal(alerts, system.Alerts.Received.Select(a => a.Id).Distinct().Count());
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    private async Task<List<string>> KnownAsync()
    {
        List<string> known = [];
        foreach (var (service, sql) in Known)
        {
            await using var command = system.Database(service).CreateCommand(sql + " order by 1");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                known.Add($"{service} {reader.GetString(0)}");
        }
        return known;
    }
}
