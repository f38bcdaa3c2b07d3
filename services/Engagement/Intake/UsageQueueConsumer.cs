using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Engagement.Intake;

/// <summary>
/// Takes usage events from the broker, single or in batches, from any client. A delivery is acknowledged after its
/// commit; what can't be taken is parked with its bytes, so nothing blocks those behind it. While the database is away
/// deliveries are held, not sent back: sending back would count against their delivery limit.
/// </summary>
internal sealed partial class UsageQueueConsumer(
    IConfiguration configuration, IntakeWriter writer, AmqpPublishers publishers, IntakeSettings settings,
    UsageLimits limits, TimeProvider clock, ILogger<UsageQueueConsumer> log)
    : BackgroundService, IIdleCheck, IHealthCheck
{
    private const int OneByOneDeliveries = 200;

    private volatile IChannel? current;
    private int inFlight;

    public async Task<bool> IsIdle(CancellationToken cancellationToken)
    {
        if (current is not { IsOpen: true } channel)
            return false;
        var queue = await channel.QueueDeclarePassiveAsync(UsageQueue.Name, cancellationToken);
        return queue.MessageCount == 0 && Volatile.Read(ref inFlight) == 0;
    }

    /// <summary>Messages on the queue, in hand, and set aside unreadable; nothing while the broker is away.</summary>
    public async Task<IReadOnlyList<Sample>> Depths(CancellationToken cancellationToken) =>
        current is not { IsOpen: true } channel ? [] :
        [
            new("waiting", await channel.MessageCountAsync(UsageQueue.Name, cancellationToken)),
            new("in_hand", Volatile.Read(ref inFlight)),
            new("unreadable", await channel.MessageCountAsync(UsageQueue.Unreadable, cancellationToken)),
        ];

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(current is { IsOpen: true }
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the queue is not read"));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Keep(UsageQueue.Name, stoppingToken), Keep(UsageQueue.Dead, stoppingToken));

    /// <summary>
    /// Reads a queue for ever. Each has a connection of its own: what the broker set aside as deadly harms no other.
    /// </summary>
    private async Task Keep(string queue, CancellationToken stoppingToken)
    {
        var oneByOne = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Read(queue, oneByOne, stoppingToken);
                oneByOne = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(e, queue);
                oneByOne = IsUnreadable(e);
                await Task.Delay(TimeSpan.FromMilliseconds(oneByOne ? 50 : 1000), CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// True where the client library ended the connection over a message whose headers it can't read. The broker
    /// delivers it again until its limit; alone, so that no neighbour reaches that limit with it.
    /// </summary>
    private static bool IsUnreadable(Exception exception) => exception is OperationInterruptedException
    {
        ShutdownReason:
        {
            Initiator: ShutdownInitiator.Library,
            ReplyCode: Constants.FrameError or Constants.SyntaxError or Constants.CommandInvalid,
        },
    };

    private async Task Read(string queue, bool oneByOne, CancellationToken cancellationToken)
    {
        var broker = new Uri(configuration.GetConnectionString("rabbitmq")!);
        await using var connection = await BrokerConnection.Factory(broker, $"engagement intake {queue}")
            .CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await UsageQueue.Declare(channel, cancellationToken);
        await channel.BasicQosAsync(
            0, oneByOne ? (ushort)1 : settings.Prefetch, global: false, cancellationToken);

        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            closed.TrySetException(new OperationInterruptedException(reason));
            return Task.CompletedTask;
        };
        var done = Channel.CreateUnbounded<ulong>(new() { SingleReader = true });
        var acknowledging = Acknowledge(channel, done.Reader, oneByOne ? () => closed.TrySetResult() : null);
        // What is in hand ends with its channel: the broker delivers it again, and nobody waits for both copies.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var consumer = Consumer(channel, done.Writer, isDead: queue == UsageQueue.Dead, reading.Token);
        consumer.UnregisteredAsync += (_, _) =>
        {
            // The broker ends a consumer, and not its channel, when the queue is deleted.
            if (channel.IsOpen)
                closed.TrySetException(new InvalidOperationException("The broker has ended the consumer."));
            return Task.CompletedTask;
        };
        try
        {
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
            if (queue == UsageQueue.Name)
                current = channel;
            await closed.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            if (queue == UsageQueue.Name)
                current = null;
            await reading.CancelAsync();
            done.Writer.TryComplete();
            await acknowledging;
        }
    }

    private AsyncEventingBasicConsumer Consumer(
        IChannel channel, ChannelWriter<ulong> done, bool isDead, CancellationToken cancellationToken)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            // The body's memory is the client's again once this returns, so all reading of it is done before.
            Interlocked.Increment(ref inFlight);
            _ = Take(Prepare(delivery, isDead), delivery.DeliveryTag, done, cancellationToken);
            return Task.CompletedTask;
        };
        return consumer;
    }

    private (Submission Submission, Activity? Activity) Prepare(BasicDeliverEventArgs delivery, bool isDead)
    {
        var properties = delivery.BasicProperties;
        var body = delivery.Body.ToArray();
        var sender = properties.IsUserIdPresent() ? properties.UserId : null;
        var headers = properties.Headers ?? new Dictionary<string, object?>();
        var traceparent = headers.TryGetValue("traceparent", out var header) ? Text(header) : null;
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent);
        var activity = IntakeTelemetry.Source.CreateActivity("hear usage-events", ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "rabbitmq").SetTag("messaging.destination.name", UsageQueue.Name);
        // Ends on another thread than it starts on, so it is nobody's current activity.
        var ambient = Activity.Current;
        activity?.Start();
        Activity.Current = ambient;

        var origin = new Origin(
            "amqp", sender, HeadersJson(headers),
            clock.GetUtcNow().WholeMicroseconds(), activity?.Id ?? traceparent, ParksRefusals: true);
        var unread = new UsageEventRefusedException(
            IntakeCodes.DeliveryLimit, "Delivered too often without an answer; not read.");
        IReadOnlyList<UsageItem> items = isDead && !DeadLetters.IsExpired(headers)
            ? [new UsageItem(body, null, unread, null, null)]
            : publishers.Judge(body, sender, limits);
        return (new Submission(origin, items), activity);
    }

    private async Task Take(
        (Submission Submission, Activity? Activity) prepared, ulong tag, ChannelWriter<ulong> done,
        CancellationToken cancellationToken)
    {
        var (submission, activity) = prepared;
        using (activity)
        {
            while (true)
            {
                try
                {
                    await writer.Write(submission, cancellationToken);
                    done.TryWrite(tag);
                    break;
                }
                catch (OperationCanceledException)
                {
                    break;
                }
                catch (Exception e)
                {
                    activity?.SetStatus(ActivityStatusCode.Error, e.Message);
                    if (cancellationToken.IsCancellationRequested)
                        break;
                    await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
                    submission = new Submission(submission.Origin, submission.Items);
                }
            }
        }

        Interlocked.Decrement(ref inFlight);
    }

    /// <param name="enough">Called when that many were taken one by one; null where they need not be.</param>
    private async Task Acknowledge(IChannel channel, ChannelReader<ulong> done, Action? enough)
    {
        var acknowledged = 0;
        try
        {
            await foreach (var tag in done.ReadAllAsync())
            {
                CrashPoint.Reach("intake-before-ack");
                await channel.BasicAckAsync(tag, multiple: false);
                if (++acknowledged == OneByOneDeliveries)
                    enough?.Invoke();
            }
        }
        catch (Exception e)
        {
            // The channel is gone: the broker delivers again, and the claims show the repeats.
            LogNotAcknowledged(e);
        }
    }

    private static string HeadersJson(IDictionary<string, object?> headers)
    {
        var storable = new Dictionary<string, string>(headers.Count);
        // Two names may become one when what can't be stored is replaced.
        foreach (var (name, value) in headers)
            storable[Storable(name)] = Text(value);
        return JsonSerializer.Serialize(storable);
    }

    private static string Text(object? value) => value switch
    {
        byte[] bytes => Storable(Encoding.UTF8.GetString(bytes)),
        _ => Storable($"{value}"),
    };

    /// <summary>Text that PostgreSQL takes; decoding has replaced bad bytes already.</summary>
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Queue} is not read; trying again")]
    private partial void LogInterrupted(Exception exception, string queue);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deliveries could not be acknowledged and will come again")]
    private partial void LogNotAcknowledged(Exception exception);
}
