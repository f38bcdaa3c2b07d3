using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>
/// The tests of the tests: each promise is broken from outside, in the database, at the broker or on the way, and the
/// oracle must say so. What it says names the events or accounts of the one scenario.
/// </summary>
[Trait("set", "thorough")]
public sealed class SabotageTests(SabotagedSystem system) : IClassFixture<SabotagedSystem>
{
    [Fact]
    public async Task P1_an_event_that_was_acknowledged_and_is_not_stored_is_seen()
    {
        await new AccountLife(system).RegisterAsync("p1");
        var verdict = await BrokenAsync(async () =>
        {
            await using var swallowing = await SwallowingAsync("usage_claim", "new.id like 'p1-%'");
            await using var load = new UsageLoad(system);
            await load.SendAsync(UsagePlan.Make(1, "p1", ["crm/p1"], system.Now, 20));
        });
        AssertSeen(verdict, Promise.Kept, "p1-");
    }

    [Fact]
    public async Task P2_an_id_taken_twice_is_seen()
    {
        await new AccountLife(system).RegisterAsync("p2");
        var verdict = await BrokenAsync(async () =>
        {
            await using var load = new UsageLoad(system);
            var use = UsagePlan.Make(2, "p2", ["crm/p2"], system.Now, 20);
            await load.SendAsync(use);
            await system.UntilAtRestAsync();
            await ExecuteAsync("engagement", """
                alter table engagement.usage_claim disable trigger append_only;
                delete from engagement.usage_claim where id like 'p2-%';
                alter table engagement.usage_claim enable trigger append_only;
                """);
            await load.SendAsync(use.OverTheOtherTransport());
        });
        AssertSeen(verdict, Promise.Once, "p2-");
    }

    [Fact]
    public async Task P3_a_read_model_that_depends_on_the_order_is_seen()
    {
        var account = await new AccountLife(system).RegisterAsync("p3");
        await using var load = new UsageLoad(system);
        await load.SendAsync(UsagePlan.Make(3, "p3", ["crm/p3"], system.Now, 3));
        var verdict = await BrokenAsync(async () =>
        {
            // Health forgets how new is what it knows, so that an old message counts.
            await ExecuteAsync("health", $"update health.usage_day set version = -1 where account_id = '{account}'");
            var today = DateOnly.FromDateTime(system.Now.UtcDateTime);
            await system.PublishAsync(
                new AccountDaysChanged([new(account, [new(today, 1, 1, 1, ["reports"], 0)])], system.Now));
        });
        AssertSeen(verdict, Promise.Folded, account.ToString());
    }

    [Fact]
    public async Task P4_a_refused_message_that_is_dropped_is_seen()
    {
        var verdict = await BrokenAsync(async () =>
        {
            await using var swallowing = await SwallowingAsync(
                "parked_event", "encode(new.raw, 'escape') like '%p4 is no event%'");
            await using var load = new UsageLoad(system);
            await load.PlantAsync("invalid-json", "{ p4 is no event");
            await system.UntilAtRestAsync();
        });
        AssertSeen(verdict, Promise.NothingDropped, "p4 is no event");
    }

    [Fact]
    public async Task P5_an_alert_that_does_not_arrive_is_seen()
    {
        var verdict = await BrokenAsync(async () =>
        {
            await using var broker = await system.AmqpAdmin().CreateConnectionAsync();
            await using var channel = await broker.CreateChannelAsync();
            await channel.QueueUnbindAsync(AlertInbox.Queue, Topology.AlertsExchange, "#");
            await new Season(system, 5, "p5").RunAsync(eventsPerDay: 1);
            await system.UntilAtRestAsync();
            await channel.QueueBindAsync(AlertInbox.Queue, Topology.AlertsExchange, "#");
        });
        AssertSeen(verdict, Promise.AlertsArrive, "nobody was told");
    }

    [Fact]
    public async Task P6_a_daemon_that_does_not_come_back_is_seen()
    {
        await using var thief = new NpgsqlConnection(
            system.Platform.OwnerConnectionString("accounts") + ";Pooling=false");
        await thief.OpenAsync(TestContext.Current.CancellationToken);
        var verdict = await BrokenAsync(async () =>
        {
            await StealTheLeadAsync(thief);
            await new AccountLife(system).RegisterAsync("p6");
        });
        AssertSeen(verdict, Promise.Recovers, "accounts");
    }

    [Fact]
    public async Task P7_an_acknowledgement_without_a_database_is_seen()
    {
        await system.UntilAtRestAsync();
        using var gateway = new HttpClient(new HastyGateway()) { BaseAddress = new("http://hasty.invalid") };
        AssertSeen(await PushBack.JudgeAsync(system, "p7", gateway), Promise.PushesBack, "p7-");
    }

    /// <summary>Runs the scenario, then gives the oracle's verdict on it.</summary>
    private async Task<Verdict> BrokenAsync(Func<Task> scenario)
    {
        await system.UntilAtRestAsync();
        await scenario();
        return await new ReliabilityOracle(system).JudgeAsync(TimeSpan.FromSeconds(15));
    }

    /// <summary>Until it is disposed of, Engagement's database takes such rows and keeps none of them.</summary>
    private async Task<IAsyncDisposable> SwallowingAsync(string table, string which)
    {
        await ExecuteAsync("engagement", $"""
            create or replace function engagement.swallow() returns trigger language plpgsql as $$
            begin
              return case when {which} then null else new end;
            end $$;
            create trigger swallow before insert on engagement.{table}
              for each row execute function engagement.swallow();
            """);
        return new AtTheEnd(() => ExecuteAsync("engagement", $"drop trigger swallow on engagement.{table}"));
    }

    /// <summary>Waits in the lock's queue, before all replicas, and has it when the leader's session ends.</summary>
    private async Task StealTheLeadAsync(NpgsqlConnection thief)
    {
        var database = system.Database("accounts");
        await using var find = database.CreateCommand("""
            select format('%s %s', a.pid, l.classid::bigint << 32 | l.objid::bigint)
              from pg_stat_activity a join pg_locks l using (pid)
             where a.datname = current_database() and a.application_name = 'daemon-leader'
               and l.locktype = 'advisory' and l.granted
            """);
        var (pid, key) = ((string)(await find.ExecuteScalarAsync())!).Split(' ') is [var p, var k] ? (p, k) : default;
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({key})", thief);
        var taking = take.ExecuteNonQueryAsync();
        await using var waits = database.CreateCommand($"""
            select exists (select from pg_locks where pid = {thief.ProcessID} and locktype = 'advisory' and not granted)
            """);
        await Eventually.HoldsAsync(async () => (bool)(await waits.ExecuteScalarAsync())!);
        await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        await using var end = admin.CreateCommand($"select pg_terminate_backend({pid})");
        await end.ExecuteNonQueryAsync();
        await taking;
    }

    private async Task ExecuteAsync(string service, string sql)
    {
        await using var command = system.Database(service).CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static void AssertSeen(Verdict verdict, Promise promise, string about) =>
        Assert.Contains(
            verdict.Violations, v => v.Promise == promise && v.What.Contains(about, StringComparison.Ordinal));

    /// <summary>Takes everything at once, whatever lies behind it.</summary>
    private sealed class HastyGateway : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Accepted));
    }

    private sealed class AtTheEnd(Func<Task> act) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await act();
    }
}
