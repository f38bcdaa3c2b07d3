using System.Text.Json;
using RabbitMQ.Client;

namespace CsPlatform.Examples;

/// <summary>Publishes one usage event over AMQP.</summary>
internal static class PublishAmqp
{
    public static async Task Run()
    {
        var now = TimeProvider.System.GetUtcNow();
        var usage = new
        {
            specversion = "1.0",
            id = Guid.CreateVersion7(now),
            source = "app",
            type = "com.example.app.used",
            subject = "crm/0042",
            time = now,
            data = new { user = "u-7", feature = "reports", minutes = 12.5 },
        };
        var server = new ConnectionFactory { Uri = new Uri(Environment.GetEnvironmentVariable("CSP_AMQP")!) };
        await using var connection = await server.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var properties = new BasicProperties
        {
            ContentType = "application/cloudevents+json",
            Persistent = true,
            UserId = server.UserName, // the broker checks it; CsPlatform knows by it whose sources are yours
        };
        // Returns when the broker has it, and throws when it refuses.
        await channel.BasicPublishAsync(
            "usage-events", routingKey: "", mandatory: false, properties, JsonSerializer.SerializeToUtf8Bytes(usage));
        Console.WriteLine($"confirmed {usage.id}");
    }
}
