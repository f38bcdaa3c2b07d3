using CsPlatform.ServiceDefaults;
using Marten;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>Takes in one message: appends, stores, and leaves the saving to whoever called it.</summary>
/// <typeparam name="T">The message.</typeparam>
/// <param name="session">Saved afterwards, together with the mark that the message was handled.</param>
/// <param name="message">What was said.</param>
/// <param name="messageId">The same whenever it is delivered.</param>
/// <param name="cancellationToken">Ends it.</param>
public delegate Task HearMessage<in T>(
    IDocumentSession session, T message, Guid messageId, CancellationToken cancellationToken);

/// <summary>How much a queue takes on at once, and how often it tries again.</summary>
public sealed record QueueLimits
{
    /// <summary>
    /// Messages that the broker hands out ahead; the setting <c>Bus__{Suffix}__Prefetch</c> overrides it.
    /// </summary>
    public int Prefetch { get; init; } = 256;

    /// <summary>
    /// Messages that are handled side by side; the setting <c>Bus__{Suffix}__Concurrency</c> overrides it.
    /// </summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>
    /// Accounts whose messages are handled side by side, each in a transaction of its own; the rest of
    /// <see cref="Concurrency"/> waits, or gathers in batches.
    /// </summary>
    public int AccountsAtOnce { get; init; } = 64;

    /// <summary>
    /// How long a message that failed waits before each further try; after the last it goes to the error queue.
    /// Outages are waited for without end, and lost races tried again at once, whatever this says.
    /// </summary>
    public IReadOnlyList<TimeSpan> Retries { get; init; } =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];
}

/// <summary>What a service hears on one of its queues: one line for each message.</summary>
public sealed class Hearings
{
    private readonly IConfiguration configuration;
    private readonly List<Hearings> all;
    private readonly List<Action<IReceiveEndpointConfigurator, IServiceProvider, IPartitioner>> hearings = [];

    private Hearings(
        string service, string name, string settings, QueueLimits limits, IConfiguration configuration,
        List<Hearings> all)
    {
        (Service, Name, this.configuration, this.all) = (service, name, configuration, all);
        Limits = limits with
        {
            Prefetch = configuration.Number($"{settings}:Prefetch", limits.Prefetch, min: 1, max: ushort.MaxValue),
            Concurrency = configuration.Number($"{settings}:Concurrency", limits.Concurrency, min: 1, max: 1_000),
        };
        all.Add(this);
    }

    /// <summary>The queue's name on the broker.</summary>
    internal string Name { get; }

    /// <summary>What holds after the settings.</summary>
    internal QueueLimits Limits { get; }

    private string Service { get; }

    /// <summary>The queues that a service asks for, the one of its name first.</summary>
    internal static IReadOnlyList<Hearings> Of(
        string service, IConfiguration configuration, Action<Hearings> hear, QueueLimits limits)
    {
        List<Hearings> all = [];
        hear(new(service, service, "Bus", limits, configuration, all));
        return all;
    }

    /// <summary>
    /// A further queue, <c>{service}-{suffix}</c>, for what takes long or waits for others, so that it holds up nothing
    /// else.
    /// </summary>
    /// <param name="suffix">One word, also of its settings.</param>
    /// <param name="limits">Of its own; the usual ones unless given.</param>
    public Hearings Queue(string suffix, QueueLimits? limits = null) =>
        new(Service, $"{Service}-{suffix}", $"Bus:{suffix}", limits ?? new(), configuration, all);

    /// <summary>
    /// Hears a message and saves what it led to, once: the message's mark is saved with it, so that a repeat has no
    /// effect. Where the handler appended and stored nothing, nothing is saved.
    /// </summary>
    /// <typeparam name="T">A message that <see cref="Contracts.Topology"/> lets the service hear.</typeparam>
    /// <param name="accountOf">Whose messages are handled one after the other.</param>
    /// <param name="handle">What is done with it.</param>
    public void Hear<T>(Func<T, Guid> accountOf, HearMessage<T> handle) where T : class =>
        Add(accountOf, services =>
            new Hearing<T>(services, (scope, context) => Guarded.Handle(scope, context, handle)));

    /// <summary>
    /// Hears a message whose handler writes in a transaction of its own. There is no mark of it: the handler is called
    /// again for a repeat, which must leave things as they are, e.g. by the versions of what it keeps.
    /// </summary>
    /// <typeparam name="T">A message that <see cref="Contracts.Topology"/> lets the service hear.</typeparam>
    /// <typeparam name="THandler">
    /// What takes it in; made by the container, for each message anew where it is scoped.
    /// </typeparam>
    /// <param name="accountOf">Whose messages are handled one after the other.</param>
    /// <param name="handle">What is done with it; idempotent.</param>
    public void Hear<T, THandler>(Func<T, Guid> accountOf, Func<THandler, T, CancellationToken, Task> handle)
        where T : class where THandler : notnull =>
        Add(accountOf, services => new Hearing<T>(services, (scope, context) =>
            handle(scope.GetRequiredService<THandler>(), context.Message, context.CancellationToken)));

    /// <summary>
    /// Hears many messages at once, as soon as there are so many or the first has waited so long. As with a handler of
    /// its own transaction, repeats must leave things as they are.
    /// </summary>
    /// <typeparam name="T">A message that <see cref="Contracts.Topology"/> lets the service hear.</typeparam>
    /// <typeparam name="THandler">What takes them in; made by the container.</typeparam>
    /// <param name="messagesMax">So many at most.</param>
    /// <param name="waitMax">The first waits no longer for company.</param>
    /// <param name="concurrency">Batches side by side.</param>
    /// <param name="handle">What is done with them; idempotent.</param>
    public void HearBatch<T, THandler>(
        int messagesMax, TimeSpan waitMax, int concurrency,
        Func<THandler, IReadOnlyList<T>, CancellationToken, Task> handle) where T : class where THandler : notnull =>
        hearings.Add((queue, services, _) => queue.Consumer(
            () => new BatchHearing<T>(services, (scope, messages, ct) =>
                handle(scope.GetRequiredService<THandler>(), messages, ct)),
            consumer => consumer.Options<BatchOptions>(batch => batch
                .SetMessageLimit(messagesMax).SetTimeLimit(waitMax).SetConcurrencyLimit(concurrency))));

    /// <summary>Puts the hearings on the queue.</summary>
    internal void Configure(IReceiveEndpointConfigurator queue, IServiceProvider services)
    {
        // One account's messages one after the other, accounts side by side: two at once would race for the stream,
        // and a lost race leaves a gap in the sequence that the daemon waits at.
        var accounts = new Partitioner(Limits.AccountsAtOnce, new Murmur3UnsafeHashGenerator());
        foreach (var hearing in hearings)
            hearing(queue, services, accounts);
    }

    private void Add<T>(Func<T, Guid> accountOf, Func<IServiceProvider, Hearing<T>> hearing) where T : class =>
        hearings.Add((queue, services, accounts) => queue.Consumer(
            () => hearing(services),
            consumer => consumer.Message<T>(m => m.UsePartitioner(accounts, c => accountOf(c.Message)))));
}
