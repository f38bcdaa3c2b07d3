using System.Buffers;
using CsPlatform.Engagement.UsageEvents;
using Microsoft.Net.Http.Headers;

namespace CsPlatform.Engagement.Intake;

/// <summary>The events of one HTTP request, in any of CloudEvents' three content modes.</summary>
internal static class UsageRequest
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    /// <exception cref="UsageEventRefusedException">The request as a whole is refused.</exception>
    public static async Task<(bool IsBatch, IReadOnlyList<UsageItem> Items)> Read(
        HttpRequest request, UsageLimits limits, CancellationToken cancellationToken)
    {
        var isBinary = request.Headers.ContainsKey(BinaryMode.Prefix + "specversion");
        var mediaType = MediaType(request);
        if (request.Headers.ContentEncoding.Count > 0)
            throw new UsageEventRefusedException(IntakeCodes.ContentTypeUnsupported, "Send the body without Content-Encoding.");
        if (mediaType is not (Structured or Batch) && !isBinary)
            throw new UsageEventRefusedException(
                IntakeCodes.ContentTypeUnsupported, $"Send {Structured}, {Batch}, or an event in binary mode with ce- headers.");

        var body = await ReadBody(request, limits, cancellationToken);
        var parser = new UsageEventParser(limits);
        if (mediaType == Batch)
            return (true, [.. EventBatch.Split(body, limits).Select(parser.Parse)]);
        return (false, [parser.Parse(mediaType == Structured ? body : BinaryMode.ToStructured(Attributes(request), request.ContentType, body))]);
    }

    private static string? MediaType(HttpRequest request)
    {
        if (request.ContentType is not { Length: > 0 } contentType)
            return null;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            || parsed.Charset.HasValue && !parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new UsageEventRefusedException(IntakeCodes.ContentTypeUnsupported, "JSON is sent as UTF-8.");
        return parsed.MediaType.Value!.ToLowerInvariant();
    }

    private static IEnumerable<KeyValuePair<string, string?[]>> Attributes(HttpRequest request) => request.Headers
        .Where(h => h.Key.StartsWith(BinaryMode.Prefix, StringComparison.OrdinalIgnoreCase))
        .Select(h => KeyValuePair.Create(h.Key[BinaryMode.Prefix.Length..], h.Value.ToArray()));

    private static async Task<ReadOnlyMemory<byte>> ReadBody(
        HttpRequest request, UsageLimits limits, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limits.RequestBytes)
            throw TooLarge(limits);

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limits.RequestBytes)
                throw TooLarge(limits);
            if (read.IsCompleted)
            {
                // Items keep slices of it until they are written, so it is no pooled memory.
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static UsageEventRefusedException TooLarge(UsageLimits limits) =>
        new(IntakeCodes.RequestTooLarge, $"A request has at most {limits.RequestBytes} bytes.");
}
