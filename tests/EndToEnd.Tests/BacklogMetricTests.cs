namespace CsPlatform.EndToEnd.Tests;

/// <summary>What ops read in the gauges is what lies in the databases.</summary>
[Collection(nameof(WholeSystem))]
public sealed class BacklogMetricTests(WholeSystem system)
{
    [Fact]
    public async Task Parked_events_are_counted_by_reason_until_they_are_counted_as_use()
    {
        const string Gauge = "csplatform.parked_events", Reason = "unknown-subject";
        const string Parked =
            $"select count(*) from engagement.parked_event where status = 'parked' and reason = '{Reason}'";
        await system.PublishOverHttpAsync(WholeSystem.DayOfUse("later-1", await system.NextMondayAsync(), "reports"));

        await Eventually.HoldsAsync(
            () => Task.FromResult(system.Telemetry.Figure("engagement", Gauge, Reason) > 0), Patience);
        await ShowsAsync("engagement", Gauge, Reason, Parked);

        // A gauge whose last row is gone says nought: it does not stand at what it said before.
        await system.RegisterAsync("later-1");
        await ShowsAsync("engagement", Gauge, Reason, Parked);
    }

    [Fact]
    public async Task Failed_messages_that_wait_are_counted()
    {
        await using (var connection = await system.AmqpAdmin().CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new(true, true)))
            await channel.BasicPublishAsync(
                "", "feedback", mandatory: true, new RabbitMQ.Client.BasicProperties(), "no letter"u8.ToArray());

        await Eventually.HoldsAsync(() => Task.FromResult(
            system.Telemetry.Figure("feedback", "csplatform.failed_messages.waiting") > 0), Patience);
        await ShowsAsync("feedback", "csplatform.failed_messages.waiting", "",
            "select count(*) from feedback.failed_message where replayed_at is null");
    }

    [Theory]
    [InlineData("low")]
    [InlineData("medium")]
    [InlineData("high")]
    public Task Open_alerts_are_counted_by_severity(string severity) => ShowsAsync(
        "health", "csplatform.alerts.open", severity,
        $"select count(*) from health.mt_doc_alert where open and data #>> '{{state,severity}}' ilike '{severity}'");

    [Fact]
    public async Task Projections_are_behind_by_what_they_have_yet_to_take_in()
    {
        await system.RegisterAsync("behind-1");

        await ShowsAsync("accounts", "csplatform.projection.behind", "outbox:All", "select 0::bigint");
        await ShowsAsync("accounts", "csplatform.projection.lag", "outbox:All", "select 0::bigint");
    }

    private static TimeSpan Patience => TimeSpan.FromMinutes(1); // more than one sampling

    private Task ShowsAsync(string service, string gauge, string of, string sql) => Eventually.PassesAsync(async () =>
    {
        await using var command = system.Database(service).CreateCommand(sql);
        Assert.Equal((long)(await command.ExecuteScalarAsync())!, system.Telemetry.Figure(service, gauge, of));
    }, Patience);
}
