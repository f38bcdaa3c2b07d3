using CsPlatform.Contracts;
using RabbitMQ.Client;

namespace CsPlatform.Demo.Replaying;

/// <summary>
/// A publisher of usage events over AMQP, with confirms: a message counts as sent once the broker has it.
/// </summary>
internal sealed class UsagePublisher : IAsyncDisposable
{
    private readonly IConnection connection;
    private readonly IChannel channel;
    private readonly string user;

    private UsagePublisher(IConnection connection, IChannel channel, string user) =>
        (this.connection, this.channel, this.user) = (connection, channel, user);

    /// <param name="user">
    /// The broker checks that user_id is the connection's own: so no publisher speaks for another.
    /// </param>
    public static async Task<UsagePublisher> ConnectAsync(Uri broker, string user, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker, ClientProvidedName = "demo-publisher" }
            .CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        return new(connection, channel, user);
    }

    public async Task PublishAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties { ContentType = Wire.BatchContentType, UserId = user, Persistent = true };
        await channel.BasicPublishAsync(
            Topology.UsageEventsExchange, "", mandatory: false, properties, message.Body, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
