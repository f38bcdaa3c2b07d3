using System.Diagnostics;
using CsPlatform.Bench.Running;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Bench.Alerts;

/// <summary>One persistent message to a quorum queue and back, through the same broker.</summary>
internal sealed class BareRoundTrip : IAsyncDisposable
{
    private const string Queue = "bench-round-trip";
    private const int BodyBytes = 1500;

    private readonly IConnection connection;
    private readonly IChannel channel;
    private TaskCompletionSource<long> arrival = new();

    private BareRoundTrip(IConnection connection, IChannel channel) =>
        (this.connection, this.channel) = (connection, channel);

    public static async Task<BareRoundTrip> StartAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        var connection = await system.AdminConnections.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        var trip = new BareRoundTrip(connection, channel);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            trip.arrival.TrySetResult(Stopwatch.GetTimestamp());
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken);
        return trip;
    }

    /// <returns>Milliseconds from the publish to the arrival.</returns>
    public async Task<double> GoAsync(CancellationToken cancellationToken)
    {
        arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var since = Stopwatch.GetTimestamp();
        await channel.BasicPublishAsync("", Queue, mandatory: true,
            new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, new byte[BodyBytes], cancellationToken);
        return Stopwatch.GetElapsedTime(since, await arrival.Task.WaitAsync(cancellationToken)).TotalMilliseconds;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
