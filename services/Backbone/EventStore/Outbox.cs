using System.Diagnostics;
using System.Security.Cryptography;
using CsPlatform.ServiceDefaults;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Subscriptions;
using MassTransit;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CsPlatform.Backbone;

/// <summary>What stored events mean to others, and whose order is kept.</summary>
internal sealed record OutboxTranslation(Func<IEvent, IEnumerable<object>> Translate, Func<IEvent, Guid> OrderBy)
{
    /// <summary>An event's messages, each with the id that it has whenever it is sent.</summary>
    public IEnumerable<(object Message, Guid Id)> MessagesOf(IEvent e) =>
        Translate(e).Select((message, index) => (message, MessageId(e.Id, index)));

    /// <summary>The event's id, and ids derived from it for further messages: the same on every try.</summary>
    private static Guid MessageId(Guid eventId, int index)
    {
        if (index == 0)
            return eventId;

        Span<byte> bytes = stackalloc byte[20];
        eventId.TryWriteBytes(bytes);
        BitConverter.TryWriteBytes(bytes[16..], index);
        return new Guid(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}

/// <summary>
/// The event store is the outbox. In order inside a stream, streams side by side; a page's progress commits after the
/// broker has confirmed every message, so a crash repeats messages (same id) and loses none. A rebuild publishes
/// nothing.
/// </summary>
internal sealed partial class Outbox : SubscriptionBase
{
    private readonly IBus bus;
    private readonly PublicTopic topic;
    private readonly OutboxTranslation translation;
    private readonly ILogger<Outbox> log;
    private readonly ResiliencePipeline untilConfirmed;

    public Outbox(IBus bus, PublicTopic topic, OutboxTranslation translation, ILogger<Outbox> log)
    {
        (this.bus, this.topic, this.translation, this.log) = (bus, topic, translation, log);
        Name = "outbox";
        untilConfirmed = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(3),
                UseJitter = true,
                // a client's cancelled waits too; ours ends it anyway
                ShouldHandle = new PredicateBuilder().Handle<Exception>(),
                OnRetry = retry =>
                {
                    LogNotConfirmed(retry.Outcome.Exception!, retry.AttemptNumber + 1);
                    return default;
                },
            })
            // while the broker's alarm blocks publishers, a confirm may never come
            .AddTimeout(TimeSpan.FromSeconds(15))
            .Build();
    }

    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations,
        CancellationToken cancellationToken)
    {
        await Task.WhenAll(page.Events
            .GroupBy(translation.OrderBy)
            .Select(stream => PublishInOrder(stream, cancellationToken)));
        CrashPoint.Reach("outbox-page-published");
        return NullChangeListener.Instance;
    }

    private async Task PublishInOrder(IEnumerable<IEvent> stream, CancellationToken cancellationToken)
    {
        foreach (var e in stream)
        {
            foreach (var (message, id) in translation.MessagesOf(e))
            {
                using var activity = ContinueTrace(e);
                await untilConfirmed.ExecuteAsync(async ct => await Publish(message, id, ct), cancellationToken);
                CrashPoint.Reach("outbox-message-published");
            }
        }
    }

    private async Task Publish(object message, Guid id, CancellationToken cancellationToken)
    {
        if (message is PublicCloudEvent publicEvent)
            await topic.Publish(publicEvent, Activity.Current?.Id, cancellationToken);
        else
            await bus.PublishConfirmed(message, id, cancellationToken);
    }

    /// <summary>The event's trace goes on; the daemon's page, of many events, is no part of any.</summary>
    private static Activity? ContinueTrace(IEvent e)
    {
        var trace = e.GetHeader(EventStore.TraceHeader) as string ?? e.CausationId;
        ActivityContext.TryParse(trace, null, isRemote: true, out var parent);
        return Telemetry.Source.StartActivity($"outbox {e.EventTypeName}", ActivityKind.Internal, parent);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not confirmed by the broker, try {Attempt}")]
    private partial void LogNotConfirmed(Exception exception, int attempt);
}
