using CsPlatform.ServiceDefaults;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Backbone;

/// <summary>Knows whether the broker has a queue.</summary>
internal sealed class RetellingQueues(Uri broker, StoreSetup setup)
{
    /// <exception cref="RefusedException">404 <c>queue-unknown</c>.</exception>
    public async Task MustHave(string queue, CancellationToken cancellationToken)
    {
        await using var connection = await BrokerConnection.Factory(broker, $"{setup.Service} retellings")
            .CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
        {
            throw RefusedException.Unknown("queue");
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 405)
        {
            // It is there, for one connection alone.
        }
    }
}
