using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using CsPlatform.Bench.Usage;
using CsPlatform.Contracts;
using CsPlatform.Local;
using CsPlatform.Local.Platform;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Bench.Alerts;

/// <summary>
/// How long an alert takes from the answer to the event that caused it. A model is published by which an account's
/// first use is alarming, so that one event is enough.
/// </summary>
internal sealed class AlertLatency : IAsyncDisposable
{
    private const int SamplesPerRound = 100;

    private readonly ConcurrentDictionary<string, long> arrivals = new();
    private readonly BenchSystem system;
    private readonly IConnection connection;

    private AlertLatency(BenchSystem system, IConnection connection) =>
        (this.system, this.connection) = (system, connection);

    public static async Task<IReadOnlyList<Pair>> MeasureAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        await system.EnsureStartedAsync(["health"], cancellationToken);
        await PublishAlarmingModelAsync(system, cancellationToken);
        var customers = await system.RegisterAsync(
            "alerted", SamplesPerRound * (Alternation.Rounds + 1), cancellationToken);
        await using var alerts = await StartAsync(system, cancellationToken);
        await using var bare = await BareRoundTrip.StartAsync(system, cancellationToken);
        using var client = new IntakeClient(system);

        var (baseline, subject) = (new List<Samples>(), new List<Samples>());
        var medians = await Alternation.RunAsync(
            async _ =>
            {
                var (samples, median) = await TakeAsync(system, _ => bare.GoAsync(cancellationToken));
                baseline.Add(samples);
                return median;
            },
            async round =>
            {
                var (samples, median) = await TakeAsync(system, i => alerts.TimeAsync(
                    client, round * SamplesPerRound + i, customers[round * SamplesPerRound + i], cancellationToken));
                subject.Add(samples);
                return median;
            });
        return
        [
            .. new[] { 50, 99 }.Select(percent => new Pair(
                medians.Baseline with { Values = Percentiles(baseline, percent) },
                medians.Subject with { Values = Percentiles(subject, percent) })),
        ];
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<(Samples Samples, Measured Median)> TakeAsync(
        BenchSystem system, Func<int, Task<double>> sample)
    {
        var values = new List<double>(SamplesPerRound);
        var stretch = Stretch.Begin(system);
        for (var i = 0; i < SamplesPerRound; i++)
            values.Add(await sample(i));
        var samples = new Samples(values);
        return (samples, stretch.End(_ => samples.Median));
    }

    private static IReadOnlyList<double> Percentiles(List<Samples> rounds, int percent) =>
        [.. rounds.Skip(1).Select(r => r.Percentile(percent))];

    private static async Task<AlertLatency> StartAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        var connection = await system.SubscriberConnections.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(system.SubscriberQueue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(
            system.SubscriberQueue, Topology.AlertsExchange, "#", cancellationToken: cancellationToken);
        var alerts = new AlertLatency(system, connection);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var now = Stopwatch.GetTimestamp();
            var alert = JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span);
            alerts.arrivals.TryAdd(alert.GetProperty("subject").GetString()!, now);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(system.SubscriberQueue, autoAck: false, consumer, cancellationToken);
        return alerts;
    }

    /// <returns>Milliseconds from the answer to the alert.</returns>
    private async Task<double> TimeAsync(
        IntakeClient client, int number, Guid account, CancellationToken cancellationToken)
    {
        var e = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = $"alerted-{number}",
            ["source"] = BenchSystem.Source,
            ["type"] = UseEvent.Type,
            ["subject"] = $"account/{account}",
            ["data"] = new JsonObject { ["user"] = "u-1", ["feature"] = "reports" },
        };
        if (arrivals.ContainsKey($"account/{account}"))
            throw new LocalException("The alert came before the event that was to cause it.");
        await client.PostAsync(
            JsonSerializer.SerializeToUtf8Bytes(e), "application/cloudevents+json", cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        await BenchSystem.UntilAsync(
            () => Task.FromResult(arrivals.ContainsKey($"account/{account}")), cancellationToken, pollMs: 2);
        return Stopwatch.GetElapsedTime(answered, arrivals[$"account/{account}"]).TotalMilliseconds;
    }

    /// <summary>The product's model with breadth of use alone: one feature is worth nothing by it.</summary>
    private static async Task PublishAlarmingModelAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        using var admin = system.Platform.Client("health", new TokenClaims("admin") { Subject = "bench" });
        JsonObject? model = null;
        await BenchSystem.UntilAsync(async () =>
        {
            using var answer = await admin.GetAsync("/v1/models/default/1", cancellationToken);
            if (!answer.IsSuccessStatusCode)
                return false;
            model = (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken))!["model"]!.AsObject();
            return true;
        }, cancellationToken);
        foreach (var name in (string[])["modelId", "version", "lookBackDays"])
            model!.Remove(name);
        var breadth = model!["measures"]!.AsArray().Single(m => (string?)m!["id"] == "breadth")!.DeepClone();
        breadth.AsObject().Remove("bestValue");
        breadth["curve"] = new JsonArray(
            new JsonObject { ["value"] = 1, ["points"] = 0 }, new JsonObject { ["value"] = 8, ["points"] = 100 });
        model["measures"] = new JsonArray(breadth);
        model["coverageFloor"] = 1; // without use nothing is known, and nothing is raised
        model["reason"] = "First use is to raise an alert.";
        using var published = await admin.PutAsJsonAsync("/v1/models/default", model, cancellationToken);
        if (!published.IsSuccessStatusCode)
            throw new LocalException(await published.Content.ReadAsStringAsync(cancellationToken));
    }
}
