using RabbitMQ.Client;

namespace CsPlatform.Bench.Running;

internal static class ConfirmedPublishing
{
    /// <summary>Persistent messages wait for their confirms; the client's own limit must stay out of the way.</summary>
    public static CreateChannelOptions Options(int inFlight) => new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
        new ThrottlingRateLimiter(4 * inFlight));

    /// <summary>Publishes with so many confirms outstanding; returns when all are confirmed.</summary>
    public static async Task PublishAllAsync(
        this IChannel channel, string exchange, BasicProperties properties, IEnumerable<byte[]> bodies, int inFlight,
        CancellationToken cancellationToken)
    {
        using var window = new SemaphoreSlim(inFlight);
        var confirms = new List<Task>();
        foreach (var body in bodies)
        {
            await window.WaitAsync(cancellationToken);
            confirms.Add(PublishAsync(body));
        }

        await Task.WhenAll(confirms);

        async Task PublishAsync(byte[] body)
        {
            try
            {
                await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body, cancellationToken);
            }
            finally
            {
                window.Release();
            }
        }
    }
}
