using System.Text.Json;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>Cuts a batch into its items, so that each is then judged alone.</summary>
internal static class EventBatch
{
    /// <summary>Nesting at which a body is no longer cut into items; an item's own limit is much lower.</summary>
    public const int FramingDepth = 512;

    /// <exception cref="UsageEventRefusedException">The body is no JSON array, or has too many items: all of it is
    /// refused.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body, UsageLimits limits)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = FramingDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new UsageEventRefusedException(IntakeCodes.InvalidJson, "A batch is a JSON array of events.");

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == limits.BatchEvents)
                    throw new UsageEventRefusedException(
                        IntakeCodes.BatchTooLarge, $"A batch has at most {limits.BatchEvents} events.");
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                items.Add(body[start..(int)reader.BytesConsumed]);
            }

            // Fails on anything behind the array.
            reader.Read();
            return items;
        }
        catch (JsonException e)
        {
            throw new UsageEventRefusedException(
                IntakeCodes.InvalidJson, $"No JSON at byte {e.BytePositionInLine} of line {e.LineNumber + 1}.");
        }
    }

    /// <summary>Whether a body of unstated form holds a batch.</summary>
    public static bool IsBatch(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && body[start] == (byte)'[';
    }
}
