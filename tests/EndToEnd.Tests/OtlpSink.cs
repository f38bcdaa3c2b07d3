using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>A span as a service exported it.</summary>
public sealed record ReceivedSpan(string Service, string Name, string TraceId, string SpanId, string ParentId);

/// <summary>Receives what services export over OTLP (http/protobuf): keeps the spans, and every request as it came.</summary>
public sealed class OtlpSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> requests = new();
    private readonly WebApplication app;

    private OtlpSink(WebApplication app) => this.app = app;

    public IReadOnlyCollection<ReceivedSpan> Spans => spans;

    /// <summary>All requests so far: traces, metrics, logs, each in its protobuf.</summary>
    public IReadOnlyCollection<(string Signal, byte[] Body)> Requests => requests;

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
        return Results.Ok();
    }

    // The field numbers are those of opentelemetry/proto/trace/v1/trace.proto.
    private void ReadResourceSpans(byte[] message)
    {
        var fields = Fields(message).ToList();
        var service = fields.Where(f => f.Number == 1)
            .SelectMany(resource => Fields(resource.Bytes).Where(f => f.Number == 1))
            .Select(attribute => Fields(attribute.Bytes).ToList())
            .Where(attribute => Text(attribute, 1) == "service.name")
            .Select(attribute => Text([.. Fields(attribute.First(f => f.Number == 2).Bytes)], 1))
            .Single();
        foreach (var span in fields.Where(f => f.Number == 2).SelectMany(scope => Fields(scope.Bytes).Where(f => f.Number == 2)))
        {
            var parts = Fields(span.Bytes).ToList();
            spans.Enqueue(new(service, Text(parts, 5), Hex(parts, 1), Hex(parts, 2), Hex(parts, 4)));
        }
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
