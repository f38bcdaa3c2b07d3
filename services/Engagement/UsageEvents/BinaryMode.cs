using System.Buffers;
using System.Text.Json;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>An event whose attributes came as headers, put into structured form: one parser judges all modes.</summary>
internal static class BinaryMode
{
    public const string Prefix = "ce-";

    /// <param name="attributes">Names without the prefix; values still percent-encoded.</param>
    /// <exception cref="UsageEventRefusedException">A header comes twice or can't be decoded, or the body is no JSON.
    /// </exception>
    public static ReadOnlyMemory<byte> ToStructured(
        IEnumerable<KeyValuePair<string, string?[]>> attributes, string? contentType, ReadOnlyMemory<byte> body)
    {
        var structured = new ArrayBufferWriter<byte>(body.Length + 512);
        using var json = new Utf8JsonWriter(structured);
        try
        {
            json.WriteStartObject();
            foreach (var (name, values) in attributes)
            {
                if (values is not [{ } value])
                    throw new UsageEventRefusedException(
                        IntakeCodes.AttributeInvalid, $"Header {Prefix}{name} comes more than once.");
                json.WriteString(name.ToLowerInvariant(), HeaderText.TryDecode(value, out var text)
                    ? text
                    : throw new UsageEventRefusedException(
                        IntakeCodes.AttributeInvalid, $"Header {Prefix}{name} is not percent-encoded UTF-8."));
            }

            if (contentType is not null)
                json.WriteString("datacontenttype", contentType);
            if (!body.IsEmpty)
            {
                json.WritePropertyName("data");
                // Checks that the body is one value, so no member can be smuggled in behind it.
                json.WriteRawValue(body.Span);
            }

            json.WriteEndObject();
            json.Flush();
            return structured.WrittenMemory;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new UsageEventRefusedException(IntakeCodes.DataNotJson, "The body is no JSON value.");
        }
    }
}
