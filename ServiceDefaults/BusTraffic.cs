using System.Collections.Concurrent;
using MassTransit;

namespace CsPlatform.ServiceDefaults;

/// <summary>Counts messages by type since the start, so that a replay knows when every one has arrived.</summary>
internal sealed class BusTraffic : IPublishObserver, IConsumeObserver, IReceiveObserver
{
    private readonly ConcurrentDictionary<string, long> published = new();
    private readonly ConcurrentDictionary<string, long> consumed = new();
    // A message that cannot be read is told of twice, as faulted and as received: so they are named, not counted.
    private readonly ConcurrentDictionary<ReceiveContext, bool> inFlight = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyDictionary<string, long> Published => published;

    public IReadOnlyDictionary<string, long> Consumed => consumed;

    public bool IsQuiet => inFlight.IsEmpty;

    public Task PostPublish<T>(PublishContext<T> context) where T : class => Count<T>(published);

    public Task PostConsume<T>(ConsumeContext<T> context) where T : class => Count<T>(consumed);

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception) where T : class => Count<T>(consumed);

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
        Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    private static Task Count<T>(ConcurrentDictionary<string, long> counts)
    {
        counts.AddOrUpdate(typeof(T).Name, 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }
}
