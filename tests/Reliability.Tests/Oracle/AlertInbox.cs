using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <param name="Body">The whole event, but for the trace that brought it.</param>
public sealed record ReceivedAlert(string Id, string Type, string AccountId, string Sequence, string Body);

/// <summary>
/// A subscriber of all alerts with a durable queue of its own, which comes back by itself after an outage.
/// </summary>
public sealed class AlertInbox : IAsyncDisposable
{
    public const string Queue = "subscriber.reliability";

    private readonly ConcurrentQueue<ReceivedAlert> received = new();
    private readonly IConnection connection;

    private AlertInbox(IConnection connection) => this.connection = connection;

    /// <summary>In the order of arrival, repeats included.</summary>
    public IReadOnlyList<ReceivedAlert> Received => [.. received];

    public static async Task<AlertInbox> StartAsync(Uri broker)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
            SocketFactory = KeptAlive,
        };
        var connection = await factory.CreateConnectionAsync();
        var inbox = new AlertInbox(connection);
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true });
        await channel.QueueBindAsync(Queue, Topology.AlertsExchange, "#");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            inbox.received.Enqueue(Read(delivery.Body.Span));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer);
        return inbox;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>A broker that falls silent within the handshake is noticed by TCP alone.</summary>
    private static TcpClientAdapter KeptAlive(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return new TcpClientAdapter(socket);
    }

    private static ReceivedAlert Read(ReadOnlySpan<byte> body)
    {
        var alert = JsonNode.Parse(body)!.AsObject();
        alert.Remove("traceparent");
        return new($"{alert["id"]}", $"{alert["type"]}", $"{alert["partitionkey"]}", $"{alert["accountsequence"]}",
            alert.ToJsonString());
    }
}
