using System.Text;
using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using RabbitMQ.Client;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>Crash points outside the stream of load: work that somebody asks for, starts and stops.</summary>
[Collection(nameof(FaultsSystem))]
[Trait("set", "thorough")]
public sealed class CrashedWorkTests(FaultsSystem system)
{
    private const int Deaths = 2;

    [Fact]
    public async Task Import_cut_off_between_its_rows_is_finished_by_the_same_file()
    {
        var place = new CrashPlace("accounts", "import-rows-saved");
        system.Points.Arm(place, Deaths);
        await using var reviver = new Reviver(system);
        using var lead = system.Client("accounts", Roles.Lead);
        var csv = "name,key:crm\n" + string.Concat(
            Enumerable.Range(0, 120).Select(i => $"Imported {i},imported-{i}\n"));
        JsonElement report = default;
        await Persistently.DoAsync(async () =>
        {
            using var file = new StringContent(csv, Encoding.UTF8, "text/csv");
            using var answer = await lead.PostAsync("/v1/accounts/imports", file);
            if (answer.IsSuccessStatusCode)
                report = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.IsSuccessStatusCode;
        });

        var rows = report.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(120, rows.Count(r => r.GetProperty("accountId").ValueKind == JsonValueKind.String));
        foreach (var (i, row) in rows.Index())
        {
            var key = LedgerKey.Of("account", row.GetProperty("accountId").GetGuid());
            system.Ledger.Sent(key, $"Imported {i}");
            system.Ledger.Acknowledged(key);
        }
        await DiedAsync(reviver, place);
    }

    [Fact]
    public async Task Replays_of_parked_events_cut_off_count_once()
    {
        CrashPlace counted = new("engagement", "parked-replay-counted"), taken = new(
            "engagement", "parked-replay-taken");
        system.Points.Arm(counted, Deaths);
        system.Points.Arm(taken, Deaths);
        await using var reviver = new Reviver(system);
        await new AccountLife(system).RegisterAsync("parked");
        await using var load = new UsageLoad(system);
        var early = new PlannedEvent("parked-early", "crm/parked", system.Now.AddDays(3), "ann", "reports", 5);
        await load.SendAsync(UsagePlan.Of(Transport.HttpSingle, early));
        var foreign = early with { Id = "parked-foreign", Time = system.Now };
        var body = foreign.JsonOf("/products/other");
        await load.PlantAsync("source-not-allowed", Encoding.UTF8.GetString(body));
        await system.UntilAtRestAsync();

        // Its publisher may send this source from now on, and the other event's time has come.
        system.Settings[$"Publishers__{system.Platform.AmqpUser("publisher")}__1"] = "/products/other";
        await system.KillAndReviveAsync("engagement");
        await system.MoveToAsync(system.Now.AddDays(4));
        await ReplayAsync("time-in-future");
        await ReplayAsync("source-not-allowed");

        system.Planted.Unpark("source-not-allowed", Encoding.UTF8.GetString(body));
        var key = LedgerKey.Usage("/products/other", foreign.Id);
        system.Ledger.Sent(key, foreign.Content);
        system.Ledger.Acknowledged(key);
        await DiedAsync(reviver, counted, taken);
    }

    /// <summary>At one service in the short set.</summary>
    public static TheoryData<string> Kept => new(CrashPoints.All.Where(p => p.Point == "failed-message-kept")
        .Select(p => p.Service).Where(s => Soak.Is || s == "accounts"));

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task Messages_that_failed_are_kept_and_replayed_through_deaths(string service)
    {
        CrashPlace kept = new(service, "failed-message-kept"), replayed = new(service, "failed-message-replayed");
        system.Points.Arm(kept, Deaths);
        system.Points.Arm(replayed, Deaths);
        await using var reviver = new Reviver(system);
        // A message that lacks its parts, and a body that is none.
        var type = Topology.Services.Single(s => s.Name == service).Consumes[0];
        await SendAsync(service, $$"""
            {"messageType":["urn:message:{{type.Namespace}}:{{type.Name}}"],"message":{"accountId":"{{service}}"} }
            """);
        var broken = await SendAsync(service, "this is no message");
        using var ops = system.Client(service, Roles.Ops);
        await Eventually.HoldsAsync(async () => await FailedAsync() == 2, TimeSpan.FromSeconds(60));
        await Persistently.DoAsync(async () =>
        {
            using var answer = await ops.PostAsync($"/v1/failed-messages/{broken}/replay", null);
            return answer.IsSuccessStatusCode;
        });

        await Eventually.HoldsAsync(async () => await FailedAsync() == 2, TimeSpan.FromSeconds(60)); // it fails again
        system.Points.Arm(replayed, Deaths);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await ops.PostAsync("/v1/failed-messages/replay", null);
            return answer.IsSuccessStatusCode;
        });

        await Eventually.HoldsAsync(async () => await FailedAsync() == 2, TimeSpan.FromSeconds(60)); // both do
        await DiedAsync(reviver, kept, replayed);

        async Task<int> FailedAsync()
        {
            await using var command = system.Database(service)
                .CreateCommand($"select count(*)::int from {service}.failed_message where replayed_at is null");
            return (int)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task A_service_that_reads_its_queue_no_more_ends_and_its_next_process_reads_it()
    {
        const string Service = "renewals";
        await using var broker = new Balancer([system.Platform.Amqp(Service)]);
        system.Settings["ConnectionStrings__rabbitmq"] = $"{broker.Address}";
        system.Settings["Bus__DeafSeconds"] = "5";
        await system.KillAndReviveAsync(Service);
        system.Settings.Remove("ConnectionStrings__rabbitmq");
        system.Settings.Remove("Bus__DeafSeconds");

        await broker.FallSilentAsync(); // the client library waits for its first answer for ever
        await Eventually.HoldsAsync(() => Task.FromResult(system.Platform.HasEnded(Service)), TimeSpan.FromSeconds(60));
        await new AccountLife(system).RegisterAsync("unheard");
        await system.KillAndReviveAsync(Service);

        await system.UntilAtRestAsync();
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Fact]
    public async Task Death_while_draining_loses_nothing()
    {
        var places = CrashPoints.All.Where(p => p.Point == "intake-draining"
            || p.Point == "drain-begun" && (Soak.Is || p.Service is "engagement" or "health"));
        await using var load = new UsageLoad(system);
        await new AccountLife(system).RegisterAsync("drained");
        foreach (var place in places)
        {
            system.Points.Arm(place, Deaths);
            for (var death = 0; death < Deaths; death++)
            {
                var plan = UsagePlan.Make(7 + death, $"drain-{place.Point}-{death}", ["crm/drained"], system.Now, 5);
                var sending = load.SendAsync(plan);
                await system.StopAsync(place.Service);
                await system.RestartAsync(place.Service);
                await sending;
            }
            Assert.Equal(0, system.Points.Left(place));
            Totals.Add("deaths at crash points", Deaths);
        }
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Theory]
    [InlineData("renewals", true)]
    [InlineData("health", false)]
    public async Task Scheduled_job_that_dies_at_its_end_is_harmless_when_it_runs_again(string service, bool isShort)
    {
        Assert.SkipUnless(isShort || Soak.Is, "Part of the long run: `./cs test --soak`.");
        var place = new CrashPlace(service, "job-done");
        var life = new AccountLife(system);
        var account = await life.RegisterAsync($"scheduled-{service}");
        await system.UntilAtRestAsync();
        await life.SignAsync(account, endsInDays: 30);
        system.Points.Arm(place, Deaths);
        await using var reviver = new Reviver(system);
        // By the real clock the job runs at the start, and finds a contract that ended long ago by it.
        system.Settings["Clock__Replay"] = "false";
        try
        {
            await system.KillAndReviveAsync(service);
            await Eventually.HoldsAsync(
                () => Task.FromResult(system.Points.Left(place) == 0), TimeSpan.FromSeconds(60));
            await Eventually.HoldsAsync(() => Task.FromResult(reviver.Deaths >= Deaths));
        }
        finally
        {
            system.Settings["Clock__Replay"] = "true";
            await system.KillAndReviveAsync(service);
        }
        await DiedAsync(reviver, place);
    }

    private async Task DiedAsync(Reviver reviver, params CrashPlace[] places)
    {
        Assert.DoesNotContain(places, p => system.Points.Left(p) > 0);
        Assert.True(reviver.Deaths >= Deaths * places.Length);
        Totals.Add("deaths at crash points", reviver.Deaths);
        Totals.Add(reviver.Downtimes);
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    private async Task ReplayAsync(string reason)
    {
        using var ops = system.Client("engagement", Roles.Ops);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await ops.PostAsync($"/v1/parked-events/replay?reason={reason}", null);
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>A message that the service cannot handle.</summary>
    private async Task<Guid> SendAsync(string service, string body)
    {
        var (id, bytes) = (Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), Encoding.UTF8.GetBytes(body));
        system.Planted.Fail(service, id, bytes);
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync("", service, mandatory: true, new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            MessageId = $"{id}",
            DeliveryMode = DeliveryModes.Persistent,
        }, bytes);
        return id;
    }
}
