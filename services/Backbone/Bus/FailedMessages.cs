using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsPlatform.Contracts;
using CsPlatform.ServiceDefaults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Polly;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Backbone;

/// <summary>
/// Messages of other services that this one could not handle. The bus moves them to <c>{service}_error</c>; from there
/// they are taken into a table, where they wait, whole and with the reason, until somebody replays them.
/// </summary>
internal sealed partial class FailedMessages(
    Uri broker, string service, IReadOnlyList<string> queues, NpgsqlDataSource database, ILogger<FailedMessages> log)
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

    private static readonly CreateChannelOptions Confirmed = new(true, true);

    private readonly ConnectionFactory factory = BrokerConnection.Factory(broker, $"{service} failed messages");

    /// <summary>While the database is away a message is held: sent back, it would come again at once.</summary>
    private readonly ResiliencePipeline untilKept = new ResiliencePipelineBuilder()
        .AddRetry(new() { MaxRetryAttempts = int.MaxValue, Delay = TimeSpan.FromSeconds(1) })
        .Build();

    private volatile IChannel? current;

    /// <summary>
    /// How many messages wait on each of the service's queues; empty while the broker is not reached.
    /// </summary>
    public async Task<IReadOnlyList<(string Queue, uint Messages)>> Waiting(CancellationToken cancellationToken)
    {
        List<(string, uint)> waiting = [];
        if (current is { IsOpen: true } channel)
            foreach (var queue in queues)
                waiting.Add((queue, await channel.MessageCountAsync(queue, cancellationToken)));
        return waiting;
    }

    /// <summary>
    /// Puts the message back on the queue from which it came, as it came. It takes effect once, however often replayed.
    /// </summary>
    public async Task Replay(Guid id, CancellationToken cancellationToken)
    {
        var kept = await Find("id = $1", [new() { Value = id }], cancellationToken)
            ?? throw RefusedException.Unknown("failed-message");
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(Confirmed, cancellationToken);
        await PutBack(channel, kept, cancellationToken);
    }

    /// <summary>
    /// Replays every message that waits now, the oldest first, one in memory at a time. One that fails again has failed
    /// later than this began, and so waits for the next call. Cut off anywhere, what is left still waits.
    /// </summary>
    /// <returns>How many went back on the queue.</returns>
    public async Task<int> ReplayAll(CancellationToken cancellationToken)
    {
        await using var now = database.CreateCommand("select clock_timestamp()");
        var asked = (DateTime)(await now.ExecuteScalarAsync(cancellationToken))!;
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(Confirmed, cancellationToken);
        var (last, replayed) = (new Kept(Guid.Empty, "", "", [], DateTime.UnixEpoch), 0);
        while (await Find(
            "replayed_at is null and failed_at <= $1 and (failed_at, id) > ($2, $3) order by failed_at, id limit 1",
            [new() { Value = asked }, new() { Value = last.FailedAt }, new() { Value = last.Id }],
            cancellationToken) is { } next)
        {
            await PutBack(channel, next, cancellationToken);
            (last, replayed) = (next, replayed + 1);
        }
        return replayed;
    }

    private async Task<Kept?> Find(string where, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand(
            $"select id, content_type, headers, body, failed_at from {service}.failed_message where {where}");
        read.Parameters.AddRange(values);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetDateTime(4))
            : null;
    }

    private async Task PutBack(IChannel channel, Kept kept, CancellationToken cancellationToken)
    {
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(kept.Headers)!;
        var properties = new BasicProperties
        {
            ContentType = kept.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = kept.Id.ToString(),
            Headers = headers
                .Where(h => !h.Key.StartsWith("MT-Fault", StringComparison.Ordinal) && h.Key != "MT-Reason")
                .ToDictionary(h => h.Key, h => (object?)h.Value),
        };
        await channel.BasicPublishAsync(
            QueueOf(headers), "", mandatory: true, properties, kept.Body, cancellationToken);
        CrashPoint.Reach("failed-message-replayed");

        // It may have failed again already: then it waits for another replay, and must stay listed.
        await using var done = database.CreateCommand(
            $"update {service}.failed_message set replayed_at = clock_timestamp() where id = $1 and failed_at = $2");
        done.Parameters.AddWithValue(kept.Id);
        done.Parameters.AddWithValue(kept.FailedAt);
        await done.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Where the message was when it failed: as the bus says, or the broker; the first queue where neither does.
    /// </summary>
    private string QueueOf(Dictionary<string, string> headers)
    {
        var said = Uri.TryCreate(headers.GetValueOrDefault("MT-Fault-InputAddress"), UriKind.Absolute, out var address)
            ? address.Segments[^1]
            : headers.GetValueOrDefault("x-first-death-queue");
        return said is not null && queues.Contains(said) ? said : service;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var again = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            try
            {
                await Collect(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The bus makes the queue when it starts; a broker that is away comes back.
                LogWaiting(e.Message);
            }
        }
        while (await again.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Collect(CancellationToken cancellationToken)
    {
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var closed = new TaskCompletionSource();
        channel.ChannelShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.QueueDeclarePassiveAsync($"{service}_error", cancellationToken);
        await channel.BasicQosAsync(0, 20, false, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var keep = Read(delivery);
            try
            {
                await untilKept.ExecuteAsync(async ct => await Keep(keep, ct), cancellationToken);
                CrashPoint.Reach("failed-message-kept");
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken);
            }
            catch (Exception e)
            {
                closed.TrySetException(e); // the broker delivers again
            }
        };
        consumer.UnregisteredAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync($"{service}_error", autoAck: false, consumer, cancellationToken);
        current = channel;
        await closed.Task.WaitAsync(cancellationToken);
    }

    private static Message Read(BasicDeliverEventArgs delivery)
    {
        var body = delivery.Body.ToArray(); // the client's memory, only until the delivery was handled
        var headers = new Dictionary<string, string>();
        foreach (var (name, value) in delivery.BasicProperties.Headers ?? new Dictionary<string, object?>())
            if (value is byte[] or string)
                headers[Storable(name)] = Storable(value as string ?? Encoding.UTF8.GetString((byte[])value));
        return new(
            Guid.TryParse(delivery.BasicProperties.MessageId, out var id)
                ? id
                : new Guid(SHA256.HashData(body).AsSpan(0, 16)),
            Storable(TypeOf(body)),
            headers.GetValueOrDefault("MT-Fault-Message") ?? headers.GetValueOrDefault("MT-Reason")
                ?? headers.GetValueOrDefault("x-first-death-reason") ?? "unknown",
            Storable(delivery.BasicProperties.ContentType ?? "application/octet-stream"), headers, body);
    }

    private async Task Keep(Message message, CancellationToken cancellationToken)
    {
        await using var insert = database.CreateCommand($"""
            insert into {service}.failed_message (id, message_type, reason, content_type, headers, body)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (id) do update set reason = excluded.reason, failed_at = excluded.failed_at, replayed_at = null
            """);
        insert.Parameters.AddWithValue(message.Id);
        insert.Parameters.AddWithValue(message.Type);
        insert.Parameters.AddWithValue(message.Reason);
        insert.Parameters.AddWithValue(message.ContentType);
        insert.Parameters.AddWithValue(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(message.Headers));
        insert.Parameters.AddWithValue(message.Body);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        Failed.Add(1);
        LogFailed(KnownTypes.Contains(message.Type) ? message.Type : "a message of an unknown type", message.Id);
    }

    private static string TypeOf(byte[] body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement.GetProperty("messageType")[0].GetString() ?? "unknown";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or IndexOutOfRangeException)
        {
            return "unknown";
        }
    }

    private sealed record Message(
        Guid Id, string Type, string Reason, string ContentType, Dictionary<string, string> Headers, byte[] Body);

    /// <summary>What the table keeps, as far as a replay needs it.</summary>
    private sealed record Kept(Guid Id, string ContentType, string Headers, byte[] Body, DateTime FailedAt);

    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    [LoggerMessage(Level = LogLevel.Error, Message = "{MessageType} {Id} could not be handled and waits for a replay")]
    private partial void LogFailed(string messageType, Guid id);

    [LoggerMessage(Level = LogLevel.Debug, Message = "No error queue to read yet: {Reason}")]
    private partial void LogWaiting(string reason);
}
