using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsPlatform.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Messages of other services that this one could not handle, or does not know. The bus moves them to
/// <c>{service}_error</c> and <c>{service}_skipped</c>; from there they are taken into a table, where they wait, whole and
/// with the reason, until somebody replays them.
/// </summary>
internal sealed partial class FailedMessages(Uri broker, string service, NpgsqlDataSource database, ILogger<FailedMessages> log)
    : BackgroundService
{
    public const string Sql = """
        create table if not exists failed_message (
            id uuid primary key,
            message_type text not null,
            reason text not null,
            content_type text not null,
            headers jsonb not null,
            body bytea not null,
            failed_at timestamptz not null default clock_timestamp(),
            replayed_at timestamptz);
        create index if not exists failed_message_open on failed_message (failed_at, id) where replayed_at is null;
        """;

    private static readonly Counter<long> Failed = new Meter("CsPlatform.ServiceDefaults")
        .CreateCounter<long>("csplatform.failed_messages", "{message}", "Messages that went to the error queue");

    // What a message calls itself is anybody's text, and so may be the reason: the table keeps them, no log does.
    private static readonly HashSet<string> KnownTypes =
        [.. Topology.Services.SelectMany(s => s.Consumes).Select(t => $"urn:message:{t.Namespace}:{t.Name}")];

    private readonly ConnectionFactory factory = new()
    {
        Uri = broker,
        ClientProvidedName = $"{service} failed messages",
        AutomaticRecoveryEnabled = false,
    };

    /// <summary>Puts the message back on the service's queue, as it came. It takes effect once, however often replayed.</summary>
    public async Task Replay(Guid id, CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand($"select content_type, headers, body from {service}.failed_message where id = $1");
        read.Parameters.AddWithValue(id);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            throw new RefusedException("failed-message-unknown", "There is no failed message with this id.", 404);

        var properties = new BasicProperties
        {
            ContentType = row.GetString(0),
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = id.ToString(),
            Headers = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(1))!
                .Where(h => !h.Key.StartsWith("MT-Fault", StringComparison.Ordinal) && h.Key != "MT-Reason")
                .ToDictionary(h => h.Key, h => (object?)h.Value),
        };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        await channel.BasicPublishAsync(service, "", mandatory: true, properties, row.GetFieldValue<byte[]>(2), cancellationToken);

        await using var done = database.CreateCommand($"update {service}.failed_message set replayed_at = clock_timestamp() where id = $1");
        done.Parameters.AddWithValue(id);
        await done.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var again = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            try
            {
                await using var connection = await factory.CreateConnectionAsync(stoppingToken);
                await Task.WhenAll(
                    CollectWhileOpen(connection, $"{service}_error", stoppingToken),
                    CollectWhileOpen(connection, $"{service}_skipped", stoppingToken));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogWaiting(e.Message);
            }
        }
        while (await again.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CollectWhileOpen(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        using var again = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            try
            {
                await Collect(connection, queue, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The bus makes the queue when the first message goes there; until then only this channel is closed.
                LogWaiting(e.Message);
            }
        }
        while (connection.IsOpen && await again.WaitForNextTickAsync(cancellationToken));
    }

    private async Task Collect(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var closed = new TaskCompletionSource();
        channel.ChannelShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        await channel.BasicQosAsync(0, 20, false, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                await Keep(delivery, cancellationToken);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken);
            }
            catch (Exception e)
            {
                closed.TrySetException(e); // the database is away: with the channel all go back, and are tried again
            }
        };
        consumer.UnregisteredAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
        await closed.Task.WaitAsync(cancellationToken);
    }

    private async Task Keep(BasicDeliverEventArgs delivery, CancellationToken cancellationToken)
    {
        var body = delivery.Body.ToArray();
        var headers = (delivery.BasicProperties.Headers ?? new Dictionary<string, object?>())
            .Where(h => h.Value is byte[] or string)
            .ToDictionary(h => h.Key, h => h.Value is byte[] text ? Encoding.UTF8.GetString(text) : (string)h.Value!);
        var id = Guid.TryParse(delivery.BasicProperties.MessageId, out var given) ? given : new Guid(SHA256.HashData(body).AsSpan(0, 16));
        var reason = headers.GetValueOrDefault("MT-Fault-Message") ?? headers.GetValueOrDefault("MT-Reason") ?? "unknown";
        await using var insert = database.CreateCommand($"""
            insert into {service}.failed_message (id, message_type, reason, content_type, headers, body)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (id) do update set reason = excluded.reason, failed_at = excluded.failed_at, replayed_at = null
            """);
        insert.Parameters.AddWithValue(id);
        insert.Parameters.AddWithValue(Storable(TypeOf(body)));
        insert.Parameters.AddWithValue(Storable(reason));
        insert.Parameters.AddWithValue(delivery.BasicProperties.ContentType ?? "application/octet-stream");
        insert.Parameters.AddWithValue(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(headers.ToDictionary(h => h.Key, h => Storable(h.Value))));
        insert.Parameters.AddWithValue(body);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        Failed.Add(1);
        LogFailed(KnownTypes.Contains(TypeOf(body)) ? TypeOf(body) : "a message of an unknown type", id);
    }

    private static string TypeOf(byte[] body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement.GetProperty("messageType")[0].GetString() ?? "unknown";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return "unknown";
        }
    }

    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    [LoggerMessage(Level = LogLevel.Error, Message = "{MessageType} {Id} could not be handled and waits for a replay")]
    private partial void LogFailed(string messageType, Guid id);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Nothing to collect from yet: {Reason}")]
    private partial void LogWaiting(string reason);
}
