using CsPlatform.Contracts;
using RabbitMQ.Client;

namespace CsPlatform.Engagement.Intake;

/// <summary>
/// The broker's side of the intake. Nothing of it can be set: the broker refuses a queue that stands there otherwise.
/// </summary>
internal static class UsageQueue
{
    public const string Name = "engagement.usage-events";

    /// <summary>
    /// Messages delivered too often without an answer: they kill their reader, and are parked unread.
    /// </summary>
    public const string Dead = Name + ".dead";

    /// <summary>
    /// Dead ones that not even their bytes can be taken of: the client library fails on their headers. They stay whole
    /// in the broker.
    /// </summary>
    public const string Unreadable = Name + ".unreadable";

    /// <summary>Where messages go while no queue is bound; without it the broker would confirm and drop them.</summary>
    public const string Unrouted = Topology.UsageEventsExchange + ".unrouted";

    /// <summary>Deliveries of one message before the broker sets it aside as one that kills its readers.</summary>
    private const int DeliveriesMax = 50;

    private const int DeadDeliveriesMax = 20;

    public static async Task Declare(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(
            Unrouted, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await DeclareQuorum(channel, Unrouted, [], cancellationToken);
        await channel.QueueBindAsync(Unrouted, Unrouted, "", cancellationToken: cancellationToken);

        await channel.ExchangeDeclareAsync(Topology.UsageEventsExchange, ExchangeType.Fanout, durable: true,
            arguments: new Dictionary<string, object?> { ["alternate-exchange"] = Unrouted },
            cancellationToken: cancellationToken);

        await channel.ExchangeDeclareAsync(
            Dead, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(
            Unreadable, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await DeclareQuorum(channel, Unreadable, [], cancellationToken);
        await channel.QueueBindAsync(Unreadable, Unreadable, "", cancellationToken: cancellationToken);
        await DeclareQuorum(channel, Dead, SetAside(DeadDeliveriesMax, Unreadable), cancellationToken);
        await channel.QueueBindAsync(Dead, Dead, "", cancellationToken: cancellationToken);

        await DeclareQuorum(channel, Name, SetAside(DeliveriesMax, Dead), cancellationToken);
        await channel.QueueBindAsync(
            Name, Topology.UsageEventsExchange, "", cancellationToken: cancellationToken);
    }

    private static Dictionary<string, object?> SetAside(int deliveries, string exchange) => new()
    {
        ["x-delivery-limit"] = deliveries,
        ["x-dead-letter-exchange"] = exchange,
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-overflow"] = "reject-publish",
    };

    private static Task<QueueDeclareOk> DeclareQuorum(
        IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments,
            cancellationToken: cancellationToken);
    }
}
