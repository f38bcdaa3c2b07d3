using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitMQ.Client;

namespace CsPlatform.TestSystem;

/// <summary>Says what a service that the test does not start would say.</summary>
public static class MessageSender
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Publishes a contract message as MassTransit does; returns when the broker has it.</summary>
    /// <param name="system">The system whose services are to hear it.</param>
    /// <param name="message">The message.</param>
    /// <param name="messageId">Its id; a new one unless given, the same one for a repeat.</param>
    public static async Task PublishAsync<T>(this SystemFixture system, T message, Guid? messageId = null)
        where T : class
    {
        var exchange = $"{typeof(T).Namespace}:{typeof(T).Name}";
        var id = messageId ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var envelope = JsonSerializer.SerializeToUtf8Bytes(
            new { messageId = id, messageType = new[] { $"urn:message:{exchange}" }, message }, Json);
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var properties = new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            MessageId = $"{id}",
            Persistent = true,
        };
        await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, envelope);
    }
}
