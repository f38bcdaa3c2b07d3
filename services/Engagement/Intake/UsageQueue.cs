using CsPlatform.Contracts;
using RabbitMQ.Client;

namespace CsPlatform.Engagement.Intake;

/// <summary>The broker's side of the intake: names, and how they hang together.</summary>
internal static class UsageQueue
{
    public const string Name = "engagement.usage-events";

    /// <summary>Messages delivered too often without an answer: they kill their reader, and are parked unread.</summary>
    public const string Dead = Name + ".dead";

    /// <summary>Where messages go while no queue is bound; without it the broker would confirm and drop them.</summary>
    public const string Unrouted = Topology.UsageEventsExchange + ".unrouted";

    public static async Task Declare(IChannel channel, IntakeSettings settings, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(Unrouted, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await DeclareQuorum(channel, Unrouted, [], cancellationToken);
        await channel.QueueBindAsync(Unrouted, Unrouted, "", cancellationToken: cancellationToken);

        await channel.ExchangeDeclareAsync(Topology.UsageEventsExchange, ExchangeType.Fanout, durable: true,
            arguments: new Dictionary<string, object?> { ["alternate-exchange"] = Unrouted }, cancellationToken: cancellationToken);

        await channel.ExchangeDeclareAsync(Dead, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await DeclareQuorum(channel, Dead, [], cancellationToken);
        await channel.QueueBindAsync(Dead, Dead, "", cancellationToken: cancellationToken);

        await DeclareQuorum(channel, Name, new()
        {
            ["x-delivery-limit"] = settings.DeliveryLimit,
            ["x-dead-letter-exchange"] = Dead,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        }, cancellationToken);
        await channel.QueueBindAsync(Name, Topology.UsageEventsExchange, "", cancellationToken: cancellationToken);
    }

    private static Task<QueueDeclareOk> DeclareQuorum(
        IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        arguments["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments,
            cancellationToken: cancellationToken);
    }
}
