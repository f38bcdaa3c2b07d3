using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>
/// The tests of the tests: each promise is broken on purpose by a switch that only a build with faults has, and the
/// oracle must say so. What it says names the events or accounts of the one scenario.
/// </summary>
[Trait("set", "thorough")]
public sealed class SabotageTests(SabotagedSystem system) : IClassFixture<SabotagedSystem>
{
    [Fact]
    public async Task P1_an_answer_before_the_commit_is_seen()
    {
        var place = new CrashPlace("engagement", "intake-written");
        await new AccountLife(system).RegisterAsync("p1");
        var verdict = await BrokenAsync("p1", "engagement", async () =>
        {
            system.Points.Arm(place, 1);
            await using var reviver = new Reviver(system);
            await using var load = new UsageLoad(system);
            await load.SendAsync(UsagePlan.Make(1, "p1", ["crm/p1"], system.Now, 20));
            await Eventually.HoldsAsync(() => Task.FromResult(system.Points.Left(place) == 0)); // the answers did not wait for it
        });
        AssertSeen(verdict, Promise.Kept, "p1-");
    }

    [Fact]
    public async Task P2_an_id_taken_twice_is_seen()
    {
        await new AccountLife(system).RegisterAsync("p2");
        var verdict = await BrokenAsync("p2", "engagement", async () =>
        {
            await using var load = new UsageLoad(system);
            var use = UsagePlan.Make(2, "p2", ["crm/p2"], system.Now, 20);
            await load.SendAsync(use);
            await load.SendAsync(use.OverTheOtherTransport()); // after their commit, so that no group holds both
        });
        AssertSeen(verdict, Promise.Once, "p2-");
    }

    [Fact]
    public async Task P3_a_read_model_that_depends_on_the_order_is_seen()
    {
        var account = await new AccountLife(system).RegisterAsync("p3");
        await using var load = new UsageLoad(system);
        await load.SendAsync(UsagePlan.Make(3, "p3", ["crm/p3"], system.Now, 3));
        var verdict = await BrokenAsync("p3", "health", async () =>
        {
            var today = DateOnly.FromDateTime(system.Now.UtcDateTime);
            await system.PublishAsync(new AccountDaysChanged([new(account, [new(today, 1, 1, 1, ["reports"], 0)])], system.Now));
        });
        AssertSeen(verdict, Promise.Folded, account.ToString());
    }

    [Fact]
    public async Task P4_a_refused_message_that_is_dropped_is_seen()
    {
        var verdict = await BrokenAsync("p4", "engagement", async () =>
        {
            await using var load = new UsageLoad(system);
            await load.PlantAsync("invalid-json", "{ p4 is no event");
        });
        AssertSeen(verdict, Promise.NothingDropped, "p4 is no event");
    }

    [Fact]
    public async Task P5_an_alert_that_is_not_published_is_seen()
    {
        var verdict = await BrokenAsync("p5", "health", () => new Season(system, 5, "p5").RunAsync(eventsPerDay: 1));
        AssertSeen(verdict, Promise.AlertsArrive, "nobody was told");
    }

    [Fact]
    public async Task P6_a_daemon_that_does_not_come_back_is_seen()
    {
        var verdict = await BrokenAsync("p6", "accounts", async () =>
        {
            var database = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString("accounts")).Database;
            await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
            await using var cut = admin.CreateCommand($"""
                select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = '{database}' and application_name = 'daemon-leader'
                """);
            await cut.ExecuteNonQueryAsync();
            await new AccountLife(system).RegisterAsync("p6");
        });
        AssertSeen(verdict, Promise.Recovers, "accounts");
    }

    [Fact]
    public async Task P7_an_acknowledgement_without_a_database_is_seen()
    {
        Verdict? pushed = null;
        await BrokenAsync("p7", "engagement", async () => pushed = await PushBack.JudgeAsync(system, "p7"));
        AssertSeen(pushed!, Promise.PushesBack, "p7-");
    }

    /// <summary>
    /// Runs the scenario on a service with the promise broken, then gives the oracle's verdict on it.
    /// </summary>
    private async Task<Verdict> BrokenAsync(string promise, string service, Func<Task> scenario)
    {
        await system.UntilAtRestAsync();
        system.Settings["CSP_SABOTAGE"] = promise;
        await system.KillAndReviveAsync(service);
        try
        {
            await scenario();
            return await new ReliabilityOracle(system).JudgeAsync(TimeSpan.FromSeconds(15));
        }
        finally
        {
            system.Settings.Remove("CSP_SABOTAGE");
            await system.KillAndReviveAsync(service);
        }
    }

    private static void AssertSeen(Verdict verdict, Promise promise, string about) =>
        Assert.Contains(verdict.Violations, v => v.Promise == promise && v.What.Contains(about, StringComparison.Ordinal));
}
