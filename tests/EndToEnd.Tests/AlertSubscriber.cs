using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>A downstream service: a queue of its own on the alerts exchange, bound to every alert.</summary>
public sealed class AlertSubscriber : IAsyncDisposable
{
    public const string Queue = "subscriber.end-to-end";

    private readonly ConcurrentQueue<JsonElement> received = new();
    private readonly IConnection connection;

    private AlertSubscriber(IConnection connection) => this.connection = connection;

    public IEnumerable<JsonElement> Received => received;

    /// <summary>What came about one account, oldest first.</summary>
    public IReadOnlyList<JsonElement> About(Guid accountId) =>
        [.. received.Where(e => e.GetProperty("subject").GetString() == $"account/{accountId}")];

    public static async Task<AlertSubscriber> StartAsync(ConnectionFactory factory)
    {
        var connection = await factory.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var queue = await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await channel.QueueBindAsync(queue.QueueName, Topology.AlertsExchange, "#");
        var subscriber = new AlertSubscriber(connection);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            subscriber.received.Enqueue(JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, consumer);
        return subscriber;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
