using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using CsPlatform.Local;

namespace CsPlatform.Bench.Usage;

/// <summary>How fast usage events are accepted, deduplicated and rolled up.</summary>
internal static class UsageRows
{
    private const string BatchType = "application/cloudevents-batch+json", SingleType = "application/cloudevents+json";
    private const int BatchRound = 50_000, SingleRound = 20_000, PeerRound = 5_000, HttpConnections = 4;

    private static int rounds;

    public static Task<Pair> HttpBatches(BenchSystem system, CancellationToken stop) => AgainstCopy(
        system, BatchRound, (client, round) => PostBatches(client, round.BatchBodies(), round.Count, stop));

    /// <summary>What is timed is the second time that the round is sent.</summary>
    public static Task<Pair> HttpRepeats(BenchSystem system, CancellationToken stop) => AgainstCopy(
        system, BatchRound, async (client, round) =>
        {
            var bodies = round.BatchBodies();
            await PostBatches(client, bodies, round.Count, stop);
            return await PostBatches(client, bodies, round.Count, stop);
        });

    public static Task<Pair> AmqpBatches(BenchSystem system, CancellationToken stop) => AgainstCopy(
        system, BatchRound, (client, round) =>
            client.PublishAsync(round.BatchBodies(), BatchType, round.Count, stop));

    public static Task<Pair> AmqpSingles(BenchSystem system, CancellationToken stop) => AgainstCopy(
        system, SingleRound, (client, round) =>
            client.PublishAsync(round.SingleBodies(), SingleType, round.Count, stop));

    public static async Task<Pair> InsertAgainstCopy(BenchSystem system, CancellationToken stop)
    {
        await using var copy = await CopyBaseline.CreateAsync(system);
        using var peers = await PeerAppends.CreateAsync(system);
        return await Alternation.RunAsync(
            _ => copy.RunAsync(Next(system, BatchRound)), _ => peers.InsertAsync(Next(system, PeerRound)));
    }

    public static async Task<Pair> MartenAgainstCopy(BenchSystem system, CancellationToken stop)
    {
        await using var copy = await CopyBaseline.CreateAsync(system);
        using var peers = await PeerAppends.CreateAsync(system);
        return await Alternation.RunAsync(
            _ => copy.RunAsync(Next(system, BatchRound)), _ => peers.AppendAsync(Next(system, PeerRound)));
    }

    public static async Task<Pair> HttpSingles(BenchSystem system, CancellationToken stop)
    {
        using var peers = await PeerAppends.CreateAsync(system);
        using var client = new IntakeClient(system);
        return await Alternation.RunAsync(
            _ => peers.InsertAsync(Next(system, PeerRound)),
            async _ =>
            {
                var round = await NextForIntake(system, PeerRound);
                return await Checked(system, round, await client.PostAsync(
                    round.SingleBodies(), SingleType, PeerAppends.Connections, round.Count, stop));
            });
    }

    public static async Task<Pair> MartenAgainstInsert(BenchSystem system, CancellationToken stop)
    {
        using var peers = await PeerAppends.CreateAsync(system);
        return await Alternation.RunAsync(
            _ => peers.InsertAsync(Next(system, PeerRound)), _ => peers.AppendAsync(Next(system, PeerRound)));
    }

    private static async Task<Pair> AgainstCopy(
        BenchSystem system, int events, Func<IntakeClient, UseRound, Task<Measured>> send)
    {
        await using var copy = await CopyBaseline.CreateAsync(system);
        using var client = new IntakeClient(system);
        return await Alternation.RunAsync(
            _ => copy.RunAsync(Next(system, events)),
            async _ =>
            {
                var round = await NextForIntake(system, events);
                return await Checked(system, round, await send(client, round));
            });
    }

    private static Task<Measured> PostBatches(
        IntakeClient client, IReadOnlyList<byte[]> bodies, int events, CancellationToken stop) =>
        client.PostAsync(bodies, BatchType, HttpConnections, events, stop);

    private static UseRound Next(BenchSystem system, int events) =>
        UseRound.Make(system.Customers, ++rounds, events, TimeProvider.System);

    /// <summary>A new day comes once a day: its partition is made before, not in the time that is measured.</summary>
    private static async Task<UseRound> NextForIntake(BenchSystem system, int events)
    {
        var round = Next(system, events);
        await system.Database("engagement").ExecuteAsync(
            "select engagement.make_usage_event_days($1)", round.All.Select(e => e.Day).Distinct().ToArray());
        return round;
    }

    /// <summary>A rate counts only when each event of the round was stored and counted once.</summary>
    private static async Task<Measured> Checked(BenchSystem system, UseRound round, Measured rate)
    {
        var days = round.All.Select(e => e.Day).Distinct().ToArray();
        var (stored, counted) = (
            await system.Database("engagement").ScalarAsync<long>("""
                select count(*) from engagement.usage_event
                where (occurred_at at time zone 'UTC')::date = any($1)
                """, days),
            await system.Database("engagement").ScalarAsync<long>(
                "select coalesce(sum(events), 0) from engagement.account_day where day = any($1)", days));
        return stored == round.Count && counted == round.Count
            ? rate
            : throw new LocalException($"Of {round.Count} events {stored} were stored and {counted} counted.");
    }
}
