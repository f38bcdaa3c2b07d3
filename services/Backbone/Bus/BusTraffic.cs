using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CsPlatform.Contracts;
using MassTransit;

namespace CsPlatform.Backbone;

/// <summary>
/// Counts messages by type since the start, so that a replay knows when every one has arrived, and tells ops the same
/// and how long handling took.
/// </summary>
internal sealed class BusTraffic : IPublishObserver, IConsumeObserver, IReceiveObserver
{
    private static readonly Meter Meter = new("CsPlatform.Bus");

    private static readonly Counter<long> PublishedMessages = Meter.CreateCounter<long>(
        "csplatform.messages.published", "{message}", "Messages that the broker has confirmed, by type");

    private static readonly Counter<long> ConsumedMessages = Meter.CreateCounter<long>(
        "csplatform.messages.consumed", "{message}", "Messages that were handled, or failed, by type and outcome");

    private static readonly Histogram<double> Handling = Meter.CreateHistogram<double>(
        "csplatform.messages.handling", "s", "Time to handle a message, or a batch of them, by type and outcome");

    private readonly ConcurrentDictionary<string, long> published = new();
    private readonly ConcurrentDictionary<string, long> consumed = new();
    // A message that cannot be read is told of twice, as faulted and as received: so they are named, not counted.
    private readonly ConcurrentDictionary<ReceiveContext, bool> inFlight = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyDictionary<string, long> Published => published;

    public IReadOnlyDictionary<string, long> Consumed => consumed;

    public bool IsQuiet => inFlight.IsEmpty;

    public Task PostPublish<T>(PublishContext<T> context) where T : class
    {
        if (Reported<T>.Name is { } type)
            PublishedMessages.Add(1, new KeyValuePair<string, object?>("type", type));
        return Count<T>(published);
    }

    public Task PostConsume<T>(ConsumeContext<T> context) where T : class => Consume<T>("handled");

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception) where T : class => Consume<T>("failed");

    public Task PreReceive(ReceiveContext context)
    {
        inFlight[context] = true;
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context)
    {
        inFlight.TryRemove(context, out _);
        return Task.CompletedTask;
    }

    public Task ReceiveFault(ReceiveContext context, Exception exception) => PostReceive(context);

    public Task PrePublish<T>(PublishContext<T> context) where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception) where T : class => Task.CompletedTask;

    public Task PreConsume<T>(ConsumeContext<T> context) where T : class => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class =>
        Time<T>(duration, "handled");

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Time<T>(duration, "failed");

    private Task Consume<T>(string outcome)
    {
        if (Reported<T>.Name is { } type)
            ConsumedMessages.Add(1, new("type", type), new("outcome", outcome));
        return Count<T>(consumed);
    }

    private static Task Time<T>(TimeSpan duration, string outcome)
    {
        if (Reported<T>.Name is { } type)
            Handling.Record(duration.TotalSeconds, new("type", type), new("outcome", outcome));
        return Task.CompletedTask;
    }

    private static Task Count<T>(ConcurrentDictionary<string, long> counts)
    {
        counts.AddOrUpdate(typeof(T).Name, 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }

    /// <summary>The name under which a type, or a batch of it, is reported: those of <see cref="Topology"/>.</summary>
    private static class Reported<T>
    {
        public static string? Name { get; } = NameOf(typeof(T));

        private static string? NameOf(Type type) =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Batch<>)
            ? NameOf(type.GetGenericArguments()[0])
            : Topology.Services.Any(s => s.Publishes.Contains(type) || s.Consumes.Contains(type)) ? type.Name : null;
    }
}
