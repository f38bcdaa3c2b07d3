using System.Text.Json;
using CsPlatform.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Demo.Alerts;

/// <summary>
/// A downstream service: its own queue, bound to every churn-risk alert, each acknowledged once it is recorded.
/// </summary>
internal sealed class AlertSubscriber : IAsyncDisposable
{
    private const ushort Prefetch = 100;

    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly string queue;

    private AlertSubscriber(IConnection connection, IChannel channel, string queue, AlertLedger ledger) =>
        (this.connection, this.channel, this.queue, Ledger) = (connection, channel, queue, ledger);

    public AlertLedger Ledger { get; }

    public static async Task<AlertSubscriber> StartAsync(Uri broker, string queue, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker, ClientProvidedName = "demo-subscriber" }
            .CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, Topology.AlertsExchange, "#", cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);

        var ledger = new AlertLedger();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                ledger.Record(ReceivedAlert.Parse(delivery.Body.Span));
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            }
            catch (JsonException)
            {
                // Not what the contract says: put aside, never in the way of the next.
                await channel.BasicRejectAsync(delivery.DeliveryTag, requeue: false);
            }
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
        return new(connection, channel, queue, ledger);
    }

    /// <summary>Waits until nothing is on the way to the ledger.</summary>
    public async Task UntilDrainedAsync(CancellationToken cancellationToken)
    {
        for (var before = -1; ;)
        {
            var waiting = await channel.MessageCountAsync(queue, cancellationToken);
            var now = Ledger.Count + Ledger.Duplicates;
            if (waiting == 0 && now == before)
                return;
            before = now;
            await Task.Delay(100, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
