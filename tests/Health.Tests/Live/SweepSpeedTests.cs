using System.Diagnostics;

namespace CsPlatform.Health.Tests.Live;

/// <summary>The sweep is set-based: a big book of accounts takes seconds, not minutes.</summary>
[Collection(nameof(HealthSystem))]
public sealed class SweepSpeedTests(HealthSystem system, ITestOutputHelper output)
{
    private const int Accounts = 2800;

    [Fact]
    public async Task A_sweep_of_2800_accounts_takes_seconds()
    {
        await using (var facts = system.Database("health").CreateCommand($"""
            insert into health.account_directory (account_id, registered, name, details_version)
            select md5('speed' || i)::uuid, true, 'Speed ' || i, 1 from generate_series(1, {Accounts}) i;
            insert into health.account_fact (account_id, first_use_on)
            select md5('speed' || i)::uuid, '{system.Today.AddDays(-170):yyyy-MM-dd}'::date
              from generate_series(1, {Accounts}) i;
            insert into health.usage_day (account_id, day, events, active_users, minutes, features, version, learned_at)
            select md5('speed' || i)::uuid, d, 3, 1, 0, '{"{}"}', 1, d + interval '12 hours'
              from generate_series(1, {Accounts}) i,
                   lateral (select '{system.Today:yyyy-MM-dd}'::date - 170 + k * (3 + i % 40) as d
                     from generate_series(0, 50) k) days
             where d <= '{system.Today:yyyy-MM-dd}'::date
            """))
            await facts.ExecuteNonQueryAsync();

        var seconds = new List<double>();
        for (var day = 0; day < 4; day++)
        {
            var since = Stopwatch.GetTimestamp();
            var report = await system.Sweep();
            seconds.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            output.WriteLine($"{seconds[^1]:0.00} s: {report}");
            await system.Pass(1);
        }

        // The other tests of this system sweep too: they need not carry these accounts along.
        await using (var gone = system.Database("health").CreateCommand("""
            delete from health.usage_day where account_id in (select account_id from health.account_directory
              where name like 'Speed %');
            delete from health.account_fact where account_id in (select account_id from health.account_directory
              where name like 'Speed %');
            delete from health.account_directory where name like 'Speed %'
            """))
            await gone.ExecuteNonQueryAsync();

        // The first sweep stores every account's first score. The bound is loose: other tests share the machine.
        Assert.True(
            seconds.Skip(1).Min() < 15, $"A sweep took {string.Join(", ", seconds.Select(s => $"{s:0.0}"))} s.");
    }
}
