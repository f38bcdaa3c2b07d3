using RabbitMQ.Client;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>Ops can have an alarm on messages that wait for a replay, without asking any service.</summary>
[Collection(nameof(WholeSystem))]
public sealed class FailedMessageMetricTests(WholeSystem system)
{
    [Fact]
    public async Task A_message_that_cannot_be_handled_is_one_more_in_the_metrics_of_its_service()
    {
        var before = Failed("feedback");
        var elsewhere = Failed("renewals");

        await using (var connection = await system.AmqpAdmin().CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)))
            await channel.BasicPublishAsync(
                "", "feedback", mandatory: true, new BasicProperties(), "no envelope"u8.ToArray());

        await Eventually.HoldsAsync(() => Task.FromResult(Failed("feedback") == before + 1));
        Assert.Equal(elsewhere, Failed("renewals"));
    }

    private long Failed(string service) => system.Telemetry.Count(service, "csplatform.failed_messages");
}
