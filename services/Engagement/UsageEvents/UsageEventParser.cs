using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// CloudEvents 1.0 JSON to usage events, in one walk at the edge: what it lets through can be stored, whatever it is.
/// An instance serves one request or delivery at a time.
/// </summary>
internal sealed class UsageEventParser(UsageLimits limits)
{
    private readonly CanonicalJson data = new(limits);
    private readonly CanonicalJson scratch = new(limits);

    /// <summary>One event in structured form.</summary>
    public UsageItem Parse(ReadOnlyMemory<byte> raw)
    {
        var attributes = new EventAttributes(limits);
        try
        {
            if (raw.Length > limits.EventBytes)
                throw new UsageEventRefusedException(
                    IntakeCodes.EventTooLarge, $"An event has at most {limits.EventBytes} bytes.");
            return new UsageItem(raw, Read(raw.Span, attributes), null, attributes.Id, attributes.Source);
        }
        catch (UsageEventRefusedException e)
        {
            return new UsageItem(raw, null, e, attributes.Id, attributes.Source);
        }
        catch (JsonException e)
        {
            var refusal = new UsageEventRefusedException(
                IntakeCodes.InvalidJson, $"No JSON at byte {e.BytePositionInLine} of line {e.LineNumber + 1}.");
            return new UsageItem(raw, null, refusal, attributes.Id, attributes.Source);
        }
    }

    private UsageEvent Read(ReadOnlySpan<byte> json, EventAttributes attributes)
    {
        data.Reset();
        scratch.Reset();
        var hasData = false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = EventBatch.FramingDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new UsageEventRefusedException(IntakeCodes.NotAnObject, "An event is a JSON object.");

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            data.CountKey();
            var name = Encoding.UTF8.GetString(scratch.Unescape(ref reader));
            reader.Read();
            if (name == "data")
            {
                attributes.Once(name);
                hasData = ReadData(ref reader, hasData);
            }
            else if (name == "data_base64")
            {
                attributes.Once(name);
                hasData = ReadBase64(ref reader, hasData);
            }
            else
            {
                attributes.Set(name, ref reader, scratch);
            }
        }

        // Fails on anything behind the object.
        reader.Read();

        attributes.Check();
        if (hasData && !attributes.IsJson)
            throw new UsageEventRefusedException(IntakeCodes.DataNotJson, "The data of a usage event is JSON.");

        var payload = hasData ? data.Slice(0) : default;
        var fingerprint = Fingerprint.Of(
            attributes.Type!, attributes.Subject!, attributes.Time, attributes.MediaType, attributes.DataSchema,
            attributes.Extensions(scratch), payload);
        return new UsageEvent(
            attributes.Source!, attributes.Id!, attributes.Type!, attributes.Subject!, attributes.Time,
            hasData ? UsageData.Read(payload, limits) : Use.Nothing,
            hasData ? payload.ToArray() : null,
            attributes.Kept(scratch),
            fingerprint);
    }

    private bool ReadData(ref Utf8JsonReader reader, bool hasData)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return hasData;
        if (hasData)
            throw TwoPayloads();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new UsageEventRefusedException(
                IntakeCodes.DataNotObject, "The data of a usage event is a JSON object.");
        data.WriteValue(ref reader);
        return true;
    }

    private bool ReadBase64(ref Utf8JsonReader reader, bool hasData)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return hasData;
        if (hasData)
            throw TwoPayloads();
        if (reader.TokenType != JsonTokenType.String)
            throw new UsageEventRefusedException(IntakeCodes.AttributeInvalid, "data_base64 is a string.");

        var encoded = scratch.Unescape(ref reader);
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, decoded, out _, out var size) != OperationStatus.Done)
            throw new UsageEventRefusedException(IntakeCodes.AttributeInvalid, "data_base64 is not Base64.");

        try
        {
            var inner = new Utf8JsonReader(
                decoded.AsSpan(0, size), new JsonReaderOptions { MaxDepth = EventBatch.FramingDepth });
            inner.Read();
            if (inner.TokenType != JsonTokenType.StartObject)
                throw new UsageEventRefusedException(
                    IntakeCodes.DataNotObject, "The data of a usage event is a JSON object.");
            data.WriteValue(ref inner);
            inner.Read();
            return true;
        }
        catch (JsonException)
        {
            throw new UsageEventRefusedException(IntakeCodes.DataNotJson, "data_base64 does not hold JSON.");
        }
    }

    private static UsageEventRefusedException TwoPayloads() =>
        new(IntakeCodes.AttributeInvalid, "An event has data or data_base64, not both.");
}
