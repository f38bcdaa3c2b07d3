using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>A span as a service exported it.</summary>
public sealed record ReceivedSpan(
    string Service, string Name, string TraceId, string SpanId, string ParentId, IReadOnlyDictionary<string,
    string> Tags);

/// <summary>A log record as a service exported it.</summary>
public sealed record ReceivedLog(string Service, string Category, string Text);

/// <summary>
/// Receives what services export over OTLP (http/protobuf): keeps the spans, what counters say, and every request as it
/// came.
/// </summary>
public sealed class OtlpSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> requests = new();
    private readonly ConcurrentQueue<ReceivedLog> logs = new();
    private readonly ConcurrentDictionary<(string Service, string Counter), long> counts = new();
    private readonly ConcurrentDictionary<(string Service, string Gauge, string Of), double> figures = new();
    private readonly ConcurrentDictionary<(string Service, string Metric), int> exports = new();
    private readonly WebApplication app;

    private OtlpSink(WebApplication app) => this.app = app;

    public IReadOnlyCollection<ReceivedSpan> Spans => spans;

    public IReadOnlyCollection<ReceivedLog> Logs => logs;

    /// <summary>Names of the metrics that came, of any service.</summary>
    public IReadOnlyCollection<string> Metrics => exports.Keys.Select(k => k.Metric).ToHashSet();

    /// <summary>How often a service has exported a metric.</summary>
    public int Exports(string service, string metric) => exports.GetValueOrDefault((service, metric));

    /// <summary>All requests so far: traces, metrics, logs, each in its protobuf.</summary>
    public IReadOnlyCollection<(string Signal, byte[] Body)> Requests => requests;

    /// <summary>The value of a service's counter as last exported; 0 before it first counts.</summary>
    public long Count(string service, string counter) => counts.GetValueOrDefault((service, counter));

    /// <summary>
    /// What a service's gauge last said, of what its tag names ("" without one); null before it came.
    /// </summary>
    public double? Figure(string service, string gauge, string of = "") =>
        figures.TryGetValue((service, gauge, of), out var figure) ? figure : null;

    public string Address => app.Urls.Single();

    public static async Task<OtlpSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new OtlpSink(builder.Build());
        sink.app.MapPost("/v1/{signal}", sink.Receive);
        await sink.app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> Receive(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        requests.Enqueue((signal, body.ToArray()));
        if (signal == "traces")
            foreach (var resourceSpans in Fields(body.ToArray()).Where(f => f.Number == 1))
                ReadResourceSpans(resourceSpans.Bytes);
        if (signal == "metrics")
            foreach (var resourceMetrics in Fields(body.ToArray()).Where(f => f.Number == 1))
                ReadResourceMetrics(resourceMetrics.Bytes);
        if (signal == "logs")
            foreach (var resourceLogs in Fields(body.ToArray()).Where(f => f.Number == 1))
                ReadResourceLogs(resourceLogs.Bytes);
        return Results.Ok();
    }

    // The field numbers are those of opentelemetry/proto/trace/v1/trace.proto.
    private void ReadResourceSpans(byte[] message)
    {
        var fields = Fields(message).ToList();
        var service = Service(fields);
        foreach (var span in fields.Where(f => f.Number == 2).SelectMany(scope => Fields(scope.Bytes).Where(f => f.Number == 2)))
        {
            var parts = Fields(span.Bytes).ToList();
            spans.Enqueue(new(service, Text(parts, 5), Hex(parts, 1), Hex(parts, 2), Hex(parts, 4), Tags(parts, 9)));
        }
    }

    // The field numbers are those of opentelemetry/proto/metrics/v1/metrics.proto.
    private void ReadResourceMetrics(byte[] message)
    {
        const int Gauge = 5, Sum = 7, DataPoints = 1, Attributes = 7;
        var fields = Fields(message).ToList();
        var service = Service(fields);
        foreach (var metric in fields.Where(f => f.Number == 2).SelectMany(scope => Fields(scope.Bytes).Where(f => f.Number == 2)))
        {
            var parts = Fields(metric.Bytes).ToList();
            exports.AddOrUpdate((service, Text(parts, 1)), 1, (_, count) => count + 1);
            foreach (var sum in parts.Where(f => f.Number == Sum))
                counts[(service, Text(parts, 1))] = Fields(sum.Bytes).Where(f => f.Number == DataPoints).Sum(
                    point => WholeNumber(point.Bytes));
            foreach (var point in parts.Where(f => f.Number == Gauge)
                .SelectMany(gauge => Fields(gauge.Bytes)).Where(f => f.Number == DataPoints))
            {
                var of = Tags([.. Fields(point.Bytes)], Attributes).Values.FirstOrDefault("");
                figures[(service, Text(parts, 1), of)] = Number(point.Bytes);
            }
        }
    }

    // The field numbers are those of opentelemetry/proto/logs/v1/logs.proto.
    private void ReadResourceLogs(byte[] message)
    {
        var fields = Fields(message).ToList();
        var service = Service(fields);
        foreach (var scope in fields.Where(f => f.Number == 2).Select(f => Fields(f.Bytes).ToList()))
        {
            var category = Text([.. scope.Where(f => f.Number == 1).SelectMany(f => Fields(f.Bytes))], 1);
            foreach (var record in scope.Where(f => f.Number == 2))
            {
                var body = Fields(record.Bytes).First(f => f.Number == 5).Bytes;
                logs.Enqueue(new(service, category, Text([.. Fields(body)], 1)));
            }
        }
    }

    /// <summary>Attributes whose value is a text.</summary>
    private static Dictionary<string, string> Tags(List<(int Number, byte[] Bytes)> fields, int number) =>
        fields.Where(f => f.Number == number).Select(f => Fields(f.Bytes).ToList())
            .Where(attribute => attribute.Any(f => f.Number == 2))
            .ToDictionary(
                attribute => Text(attribute, 1),
                attribute => Text([.. Fields(attribute.First(f => f.Number == 2).Bytes)], 1));

    private static string Service(List<(int Number, byte[] Bytes)> resourceSignals) => resourceSignals.Where(
        f => f.Number == 1)
        .SelectMany(resource => Fields(resource.Bytes).Where(f => f.Number == 1))
        .Select(attribute => Fields(attribute.Bytes).ToList())
        .Where(attribute => Text(attribute, 1) == "service.name")
        .Select(attribute => Text([.. Fields(attribute.First(f => f.Number == 2).Bytes)], 1))
        .Single();

    /// <summary>The value of a data point, nought where it is no whole number.</summary>
    private static long WholeNumber(byte[] dataPoint)
    {
        const int AsInt = 6;
        var input = new CodedInputStream(dataPoint);
        while (input.ReadTag() is var tag and not 0)
            if (WireFormat.GetTagFieldNumber(tag) == AsInt)
                return input.ReadSFixed64();
            else
                input.SkipLastField();
        return 0;
    }

    /// <summary>The value of a data point, nought where it is a whole number.</summary>
    private static double Number(byte[] dataPoint)
    {
        const int AsDouble = 4;
        var input = new CodedInputStream(dataPoint);
        while (input.ReadTag() is var tag and not 0)
            if (WireFormat.GetTagFieldNumber(tag) == AsDouble)
                return input.ReadDouble();
            else
                input.SkipLastField();
        return 0;
    }

    private static string Text(List<(int Number, byte[] Bytes)> fields, int number) =>
        System.Text.Encoding.UTF8.GetString(fields.FirstOrDefault(f => f.Number == number).Bytes ?? []);

    private static string Hex(List<(int Number, byte[] Bytes)> fields, int number) =>
        Convert.ToHexStringLower(fields.FirstOrDefault(f => f.Number == number).Bytes ?? []);

    /// <summary>The length-delimited fields of a message; others are passed over.</summary>
    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                yield return (WireFormat.GetTagFieldNumber(tag), input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
    }
}
