using System.Diagnostics;
using CsPlatform.Backbone;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using CsPlatform.Engagement.FirstUse;
using JasperFx;
using JasperFx.Events;
using Marten;
using RabbitMQ.Client;

namespace CsPlatform.Bench.Streams;

/// <summary>
/// Engagement finds 100,000 events that nobody was told of. Between the rounds it is held still (SIGSTOP), so that the
/// baseline has the machine as the outbox had it, while the backlog stays.
/// </summary>
internal sealed class OutboxBacklog(BenchSystem system)
{
    private const int Backlog = 100_000, InFlight = 1000;
    private const string Queue = "accounts", Progress = "outbox:All";

    private static readonly string Exchange =
        $"{typeof(Contracts.Engagement.V1.FirstUseSeen).Namespace}:{nameof(Contracts.Engagement.V1.FirstUseSeen)}";

    public static async Task<Pair> MeasureAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        // Nobody hears what is published: it lies in the queue of Accounts, in both cases, and is thrown away.
        foreach (var service in system.Platform.Started.ToArray())
            await system.Platform.StopAsync(service);
        var outbox = new OutboxBacklog(system);
        await outbox.FillAsync(cancellationToken);
        await using var connection = await system.AdminConnections.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(
            ConfirmedPublishing.Options(InFlight), cancellationToken);
        // One share more than rounds: the outbox begins before the warm-up's clock does.
        const int share = Backlog / (Alternation.Rounds + 2);
        try
        {
            return await Alternation.RunAsync(
                async _ =>
                {
                    var rate = await outbox.PublishAsync(channel, share, cancellationToken);
                    await channel.QueuePurgeAsync(Queue, cancellationToken);
                    return rate;
                },
                async round =>
                {
                    if (round == 0)
                        await system.Platform.RestartAsync("engagement", cancellationToken);
                    system.Platform.Resume("engagement");
                    var rate = await outbox.DrainAsync(share, cancellationToken);
                    system.Platform.Pause("engagement");
                    await channel.QueuePurgeAsync(Queue, cancellationToken);
                    return rate;
                });
        }
        finally
        {
            if (system.Platform.Started.Contains("engagement"))
                system.Platform.Resume("engagement");
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var options = EventStore.Options("engagement", Engagement.EventModel.Configure, TimeProvider.System);
        options.Connection(system.Database("engagement"));
        options.AutoCreateSchemaObjects = AutoCreate.None;
        using var store = new DocumentStore(options);
        var now = TimeProvider.System.GetUtcNow();
        var streams = new StreamAction[Backlog];
        for (var i = 0; i < Backlog; i++)
        {
            var account = Guid.CreateVersion7(now);
            streams[i] = StreamAction.Start(
                (IEventRegistry)store.Options.Events, account, [new FirstUseSeen(account, now)]);
            streams[i].AggregateType = typeof(AccountUse);
        }

        await store.BulkInsertEventsAsync(streams, 5000, cancellationToken);
    }

    /// <returns>Events per second, by the outbox's own progress.</returns>
    private async Task<Measured> DrainAsync(int events, CancellationToken cancellationToken)
    {
        var from = await ProgressAsync();
        var stretch = Stretch.Begin(system);
        var since = Stopwatch.GetTimestamp();
        var (at, end) = (from, since);
        await BenchSystem.UntilAsync(async () =>
        {
            if (await ProgressAsync() is var now && now > at)
                (at, end) = (now, Stopwatch.GetTimestamp());
            return at >= from + events;
        }, cancellationToken);
        return stretch.End(_ => (at - from) / Stopwatch.GetElapsedTime(since, end).TotalSeconds);
    }

    private Task<long> ProgressAsync() => system.Database("engagement").ScalarAsync<long>(
        "select coalesce(max(last_seq_id), 0) from engagement.mt_event_progression where name = $1", Progress);

    private async Task<Measured> PublishAsync(IChannel channel, int messages, CancellationToken cancellationToken)
    {
        var body = new byte[900];
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent };
        var stretch = Stretch.Begin(system);
        await channel.PublishAllAsync(
            Exchange, properties, Enumerable.Repeat(body, messages), InFlight, cancellationToken);
        return stretch.PerSecond(messages);
    }
}
