using System.Text;
using CsPlatform.Engagement.Intake;
using CsPlatform.Local.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Engagement.Tests.Intake;

/// <summary>The usage queue's reader loses its connection or its queue.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class ReconnectTests(EngagementSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_ends_with_its_connection_so_an_outage_leaves_one_copy()
    {
        var body = Encoding.UTF8.GetBytes("no event, and cut off twice");
        using var broker = new BrokerAdmin(system.Platform.Servers.Management);
        await system.WithoutDatabaseAsync(async () =>
        {
            await system.PublishAsync(body);
            var first = await ReaderAsync(broker, than: null);
            await broker.CloseConnectionAsync(first, Stop);
            var second = await ReaderAsync(broker, than: first);
            await broker.CloseConnectionAsync(second, Stop);
            await ReaderAsync(broker, than: second);
        });
        await Eventually.HoldsAsync(async () => await SeenAsync(body) > 0);
        await system.UntilIdleAsync();

        Assert.Equal(1, await SeenAsync(body));
    }

    [Fact]
    public async Task Health_fails_while_the_usage_queue_is_not_read()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        // Another's queue of this name: the broker refuses to declare ours.
        await channel.QueueDeleteAsync(UsageQueue.Name, cancellationToken: Stop);
        await channel.QueueDeclareAsync(UsageQueue.Name, true, false, false, cancellationToken: Stop);
        try
        {
            var log = Path.Combine(system.Platform.LogFolder, "engagement.log");
            await Eventually.HoldsAsync(async () => (await File.ReadAllTextAsync(log, Stop)).Contains("inequivalent arg", StringComparison.Ordinal));
            using var sick = await HealthAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, sick.StatusCode);
            Assert.Equal(
                "Unhealthy", (await sick.JsonAsync()).GetProperty("checks").GetProperty("usage-events").Text("status"));
        }
        finally
        {
            await channel.QueueDeleteAsync(UsageQueue.Name, cancellationToken: Stop);
        }

        await IsReadAgainAsync("after-another");
    }

    [Fact]
    public async Task A_queue_that_was_deleted_is_made_anew_and_read()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeleteAsync(UsageQueue.Name, cancellationToken: Stop);

        await IsReadAgainAsync("after-deletion");
    }

    private async Task IsReadAgainAsync(string key)
    {
        var account = await system.RegisterAsync("crm", key);
        await Eventually.HoldsAsync(async () =>
        {
            using var health = await HealthAsync();
            return health.IsSuccessStatusCode;
        });
        await Eventually.HoldsAsync(IsReadAsync); // /health may not have noticed yet
        await system.PublishAsync(Sample.Event(key, $"crm/{key}").ToJsonString());
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account) == 1);
    }

    private async Task<bool> IsReadAsync()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(UsageQueue.Name, Stop)).ConsumerCount == 1;
        }
        catch (OperationInterruptedException)
        {
            return false; // there is no such queue
        }
    }

    private Task<HttpResponseMessage> HealthAsync() => system.Client("engagement").GetAsync("/health", Stop);

    /// <summary>
    /// The connection of the usage queue's reader, another than this one, when it has taken what waits.
    /// </summary>
    private async Task<string> ReaderAsync(BrokerAdmin broker, string? than)
    {
        var reader = await Eventually.GetsAsync(async () =>
            (await broker.ConnectionsAsync(system.Platform.VirtualHost, Stop)).FirstOrDefault(c =>
                c.ClientName == $"engagement intake {UsageQueue.Name}" && c.Name != than)?.Name);
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await Eventually.HoldsAsync(async () =>
            await channel.QueueDeclarePassiveAsync(UsageQueue.Name, Stop) is { MessageCount: 0, ConsumerCount: 1 });
        return reader;
    }

    private Task<long> SeenAsync(byte[] body) => system.ScalarAsync<long>(
        "select coalesce(sum(seen), 0)::bigint from engagement.parked_event where raw = $1", body);
}
