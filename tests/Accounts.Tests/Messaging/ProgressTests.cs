using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using CsPlatform.Backbone;
using Npgsql;
using Roles = CsPlatform.Contracts.Access.Roles;

namespace CsPlatform.Accounts.Tests.Messaging;

/// <summary>An Accounts that says soon what stands still.</summary>
public sealed class ImpatientSystem() : SystemFixture("accounts")
{
    protected override PlatformOptions Options => new()
    {
        Settings = new Dictionary<string, string> { ["Projections__StalledSeconds"] = "5" },
    };
}

/// <summary>Stored progress: who may move it, and what is said when it does not move.</summary>
public sealed class ProgressTests(ImpatientSystem system) : IClassFixture<ImpatientSystem>
{
    [Theory]
    [InlineData(-1)] // what another leader has not done yet
    [InlineData(-3)]
    public async Task A_shard_whose_stored_progress_another_process_has_moved_goes_on_from_there(int by)
    {
        for (var i = 0; i < 4; i++)
            await RegisterAsync();
        await Eventually.HoldsAsync(AreAtHeadAsync);

        await ExecuteAsync($"""
            update accounts.mt_event_progression set last_seq_id = last_seq_id + {by} where name not like 'HighWater%'
            """);
        await RegisterAsync();

        await Eventually.HoldsAsync(async () => await AreAtHeadAsync() && (await HealthAsync()).Said == "leads");
        var log = await File.ReadAllTextAsync(
            Path.Combine(system.Platform.LogFolder, "accounts.log"), TestContext.Current.CancellationToken);
        Assert.Contains("progress stands elsewhere", log, StringComparison.Ordinal); // not Marten: it commits
    }

    [Fact]
    public async Task A_page_of_who_led_before_is_refused_as_a_whole()
    {
        await RegisterAsync();
        await Eventually.HoldsAsync(AreAtHeadAsync);
        await using var runtime = NpgsqlDataSource.Create(system.Platform.ConnectionString("accounts"));
        await using var first = await runtime.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var second = await runtime.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync("insert into accounts.mt_event_progression values ('trial', 1)");
        await using var one = await first.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await MoveAsync(first, from: 1, to: 5);

        var late = MoveAsync(second, from: 1, to: 4); // waits for the first
        await one.CommitAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => late);
        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, refused.SqlState);
        await MoveAsync(second, from: 5, to: 6);
        await ExecuteAsync("delete from accounts.mt_event_progression where name = 'trial'");
    }

    [Fact]
    public async Task A_transaction_that_holds_the_mark_is_named_in_health()
    {
        await RegisterAsync();
        await Eventually.HoldsAsync(AreAtHeadAsync);
        var foreign = new NpgsqlConnectionStringBuilder(system.Platform.Servers.Postgres)
        {
            Database = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString("accounts")).Database,
            ApplicationName = "night-report",
            Pooling = false,
        };
        await using var report = new NpgsqlConnection(foreign.ConnectionString);
        await report.OpenAsync(TestContext.Current.CancellationToken);
        await using (var begin = new NpgsqlCommand("begin; select pg_current_xact_id()", report))
            await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync("select nextval('accounts.mt_events_sequence')"); // as an append that is rolled back
        await using (var goesOn = new NpgsqlCommand("select 1", report)) // who has done nothing since holds nobody
            await goesOn.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await RegisterAsync();

        var (status, name, said) = await Eventually.GetsAsync(
            async () => await HealthAsync() is var h && h.Name != "Healthy" ? h : null);
        Assert.Equal((HttpStatusCode.OK, "Degraded"), (status, name));
        Assert.Matches("^leads. HighWaterMark has stood at event \\d+ for \\d+ s, 2 wait; the oldest open ", said);
        Assert.Contains($"\"night-report\", process {report.ProcessID}, user ", said, StringComparison.Ordinal);

        await report.CloseAsync();
        await Eventually.HoldsAsync(async () => await AreAtHeadAsync() && (await HealthAsync()).Said == "leads");
    }

    [Fact]
    public async Task The_seconds_without_progress_go_out_by_shard()
    {
        const string Row = "AccountRow:All", Nobody = "nobody:All";
        await RegisterAsync();
        await Eventually.HoldsAsync(AreAtHeadAsync);
        await using var runtime = NpgsqlDataSource.Create(system.Platform.ConnectionString("accounts"));
        var clock = new StandstillsTests.Watch();
        var progress = new ProgressWatch(runtime, "accounts", TimeSpan.FromSeconds(30), clock);
        progress.Publish();
        var told = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "csplatform.projection.stalled")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => told[$"{tags[0].Value}"] = seconds);
        listener.Start();

        await progress.Look([Row, Nobody], TestContext.Current.CancellationToken);
        clock.Seconds = 40;
        await progress.Look([Row, Nobody], TestContext.Current.CancellationToken);
        listener.RecordObservableInstruments();

        Assert.Equal(new() { [Standstills.Mark] = 0, [Row] = 0, [Nobody] = 40 }, told);
        Assert.Matches($"^{Nobody} has stood at event 0 for 40 s, \\d+ wait$", progress.Complaint);
        progress.Forget();
        told.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(told);
    }

    private static async Task MoveAsync(NpgsqlConnection connection, long from, long to)
    {
        await using var move = new NpgsqlCommand("""
            update accounts.mt_event_progression set last_seq_id = $1, last_updated = transaction_timestamp()
             where name = $2 and last_seq_id = $3;
            """, connection)
        {
            Parameters = { new() { Value = to }, new() { Value = "trial" }, new() { Value = from } },
        };
        await move.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task RegisterAsync()
    {
        using var csm = system.Client("accounts", Roles.Csm);
        using var answer = await csm.PostAsJsonAsync(
            "/v1/accounts", new { details = new { name = "Stands" } }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>The outbox and both read models.</summary>
    private async Task<bool> AreAtHeadAsync()
    {
        await using var command = system.Database("accounts").CreateCommand("""
            select count(*) = 3 from accounts.mt_event_progression
             where name not like 'HighWater%' and name <> 'trial'
               and last_seq_id = (select max(seq_id) from accounts.mt_events)
            """);
        return (bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private async Task<Health> HealthAsync()
    {
        using var client = system.Client("accounts");
        using var answer = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var daemon = JsonNode.Parse(body)!["checks"]!["daemon"]!;
        return new(answer.StatusCode, $"{daemon["status"]}", $"{daemon["description"]}");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = system.Database("accounts").CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private sealed record Health(HttpStatusCode Status, string Name, string Said);
}
