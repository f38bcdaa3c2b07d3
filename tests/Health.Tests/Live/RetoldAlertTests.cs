using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Health.Tests.Live;

/// <summary>A subscriber that starts late gets the alerts of before.</summary>
[Collection(nameof(HealthSystem))]
public sealed class RetoldAlertTests(HealthSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_of_before_come_to_the_late_queue_as_they_came_to_the_others()
    {
        var accountId = await system.Register("retold");
        await system.UseDaily(accountId, 21);
        for (var i = 0; i < 60 && system.Received(accountId).Count == 0; i++)
        {
            await system.Pass(1);
            await system.Sweep();
        }
        await using var connection = await system.Amqp("subscriber").CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeclareAsync("subscriber.late", durable: false, exclusive: true, cancellationToken: Stop);
        await channel.QueueBindAsync("subscriber.late", "health.retelling", "subscriber.late", cancellationToken: Stop);
        ConcurrentQueue<JsonElement> late = [];
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            late.Enqueue(JsonElement.Parse(delivery.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("subscriber.late", autoAck: true, consumer, Stop);
        var before = system.Received(accountId);

        using var ops = system.Client("health", Roles.Ops);
        using var answer = await ops.PostAsJsonAsync("/v1/retellings", new { queue = "subscriber.late" }, Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));

        await Eventually.PassesAsync(() =>
        {
            Assert.Equal(
                before.Select(r => Id(r.GetProperty("Event"))),
                late.Where(e => e.GetProperty("subject").GetString() == $"account/{accountId}").Select(Id));
            return Task.CompletedTask;
        });
        Assert.NotEmpty(before);
        Assert.Equal(before.Count, system.Received(accountId).Count);
    }

    private static string? Id(JsonElement alert) => alert.GetProperty("id").GetString();
}
