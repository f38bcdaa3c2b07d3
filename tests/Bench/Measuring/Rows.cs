using CsPlatform.Bench.Alerts;
using CsPlatform.Bench.Running;
using CsPlatform.Bench.Streams;
using CsPlatform.Bench.Usage;
using CsPlatform.Contracts;

namespace CsPlatform.Bench.Measuring;

/// <summary>Everything that is measured, in the order of the table.</summary>
internal static class Rows
{
    private const string PerSecond = "events/s";
    private const string Copy = "binary COPY of the same rows, claims and roll-ups, 1,000 events a transaction";
    private const string InsertEach = "one INSERT per event and transaction, 64 connections";

    public static IReadOnlyList<Row> All { get; } =
    [
        One("http-batches", "HTTP, batches of 1,000, 4 connections", Copy, PerSecond,
            (system, stop) => UsageRows.HttpBatches(system, stop)),
        One("http-repeats", "HTTP, batches of 1,000 that were all taken before", Copy, PerSecond,
            (system, stop) => UsageRows.HttpRepeats(system, stop)),
        One("amqp-batches", "AMQP, messages of 1,000 events", Copy, PerSecond,
            (system, stop) => UsageRows.AmqpBatches(system, stop)),
        One("amqp-singles", "AMQP, messages of one event", Copy, PerSecond,
            (system, stop) => UsageRows.AmqpSingles(system, stop)),
        One("insert-peer", "peer: one INSERT per event and transaction, 64 connections", Copy, PerSecond,
            (system, stop) => UsageRows.InsertAgainstCopy(system, stop)),
        One("marten-peer", "peer: one Marten append per event, 64 sessions", Copy, PerSecond,
            (system, stop) => UsageRows.MartenAgainstCopy(system, stop)),
        One("http-singles", "HTTP, requests of one event, 64 connections", InsertEach, PerSecond,
            (system, stop) => UsageRows.HttpSingles(system, stop)),
        One("marten-singles", "peer: one Marten append per event, 64 sessions", InsertEach, PerSecond,
            (system, stop) => UsageRows.MartenAgainstInsert(system, stop)),
        new("alerts",
            [.. new[] { "p50", "p99" }.Select(p => new Line(
                $"alerts {p}", $"from HTTP 202 to the alert at an AMQP subscriber, {p}",
                $"publish of a persistent message to its arrival from a quorum queue, {p}", "ms"))],
            AlertLatency.MeasureAsync),
        One("rebuild", "rebuild of one account of 1,000 events", "its event rows read by SQL", "ms",
            RebuildOne.MeasureAsync),
        new("memory",
            [.. Topology.Services.Select(s => new Line(
                $"memory {s.Name}", $"{s.Name}: highest resident memory under load",
                "resident when idle after its start", "MiB"))],
            ServiceMemory.MeasureAsync),
        One("outbox", "outbox with a backlog of 100,000 events", "confirmed publish of as many messages", "messages/s",
            OutboxBacklog.MeasureAsync),
    ];

    private static Row One(
        string name, string subject, string baseline, string unit,
        Func<BenchSystem, CancellationToken, Task<Pair>> measure) =>
        new(name, [new Line(name, subject, baseline, unit)], async (system, stop) => [await measure(system, stop)]);
}
