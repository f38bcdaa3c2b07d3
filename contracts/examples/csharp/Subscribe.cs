using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Examples;

/// <summary>Receives churn-risk alerts until it is stopped.</summary>
internal static class Subscribe
{
    // Highest accountsequence handled, by account: keep it in your database, beside what you do with alerts.
    private static readonly Dictionary<string, string> Newest = [];

    public static async Task Run()
    {
        var server = new ConnectionFactory { Uri = new Uri(Environment.GetEnvironmentVariable("CSP_AMQP")!) };
        var queue = server.UserName + ".alerts"; // one queue per subscriber; one of its replicas gets alerts at a time
        await using var connection = await server.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true });
        await channel.QueueBindAsync(queue, "csplatform.alerts", "churnrisk.#");
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 20, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Handle(JsonElement.Parse(delivery.Body.Span));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false); // only now: else it comes again
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        Console.WriteLine($"waiting for alerts on {queue}");
        await Task.Delay(Timeout.Infinite);
    }

    private static void Handle(JsonElement alert)
    {
        var (account, sequence) = (Text(alert, "partitionkey"), Text(alert, "accountsequence"));
        if (string.CompareOrdinal(sequence, Newest.GetValueOrDefault(account, "")) <= 0)
            return; // a repeat, or older than what is known

        var data = alert.GetProperty("data");
        var reasons = data.GetProperty("reasons").EnumerateArray().Select(reason => Text(reason, "text"));
        Console.WriteLine(
            $"{Text(alert, "type")} {Text(alert, "severitytext")} {Text(data.GetProperty("account"), "name")} "
            + $"{data.GetProperty("health").GetProperty("score")} {string.Join("; ", reasons)}");
        Newest[account] = sequence;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
