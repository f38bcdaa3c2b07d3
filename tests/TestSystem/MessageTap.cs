using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsPlatform.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.TestSystem;

/// <summary>
/// Hears every message between services and every public alert of one system. It also stands in for services that a
/// test does not start: a message that somebody must hear is refused by the broker while no queue takes it.
/// </summary>
public sealed class MessageTap : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>The queue that it hears on.</summary>
    public const string Queue = "test-tap";

    private readonly ConcurrentQueue<TappedMessage> heard = new();
    private readonly IConnection connection;

    private MessageTap(IConnection connection) => this.connection = connection;

    /// <summary>Everything heard so far, in the order of arrival.</summary>
    public IReadOnlyList<TappedMessage> All => [.. heard];

    /// <summary>The messages of one contract so far.</summary>
    public IReadOnlyList<T> Of<T>() =>
        [.. from message in heard
            where message.Exchange == BrokerNames.ExchangeOf(typeof(T))
            select message.Body.GetProperty("message").Deserialize<T>(Json)!];

    /// <summary>The public alerts (CloudEvents) so far.</summary>
    public IReadOnlyList<TappedMessage> Alerts => [.. heard.Where(m => m.Exchange == Topology.AlertsExchange)];

    internal static async Task<MessageTap> StartAsync(ConnectionFactory factory)
    {
        var connection = await factory.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var tap = new MessageTap(connection);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var exchange in Topology.Services.SelectMany(s => s.Publishes).Select(BrokerNames.ExchangeOf))
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(Queue, exchange, "");
        }
        await channel.ExchangeDeclareAsync(Topology.AlertsExchange, ExchangeType.Topic, durable: true);
        await channel.QueueBindAsync(Queue, Topology.AlertsExchange, "#");

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            tap.heard.Enqueue(new(delivery.Exchange, delivery.RoutingKey, delivery.BasicProperties.MessageId,
                Text(delivery.BasicProperties.Headers), JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span)));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(Queue, autoAck: true, consumer);
        return tap;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static string Text(IDictionary<string, object?>? headers) => string.Join('\n',
        (headers ?? new Dictionary<string, object?>()).Select(
            h => $"{h.Key}: {(h.Value is byte[] text ? Encoding.UTF8.GetString(text) : h.Value)}"));
}

/// <param name="Headers">The broker's, a line each.</param>
/// <param name="Body">MassTransit's envelope, or a CloudEvent on the alerts exchange.</param>
public sealed record TappedMessage(
    string Exchange, string RoutingKey, string? MessageId, string Headers, JsonElement Body);
