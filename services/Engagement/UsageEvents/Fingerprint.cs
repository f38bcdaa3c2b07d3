using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// SHA-256 over what an event means: type, subject, time in microseconds (or none), media type and schema of the data,
/// extensions by name, data as canonical JSON. Left out: source and id (they are the key it is kept under),
/// specversion,
/// and <c>traceparent</c> and <c>tracestate</c>, which belong to one transmission. A resend in another mode, over the
/// other transport, with other spacing, key order, escapes or number notation gives the same fingerprint.
/// </summary>
internal static class Fingerprint
{
    public static byte[] Of(
        string type, string subject, DateTimeOffset? time, string mediaType, string? dataSchema,
        ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> data)
    {
        var size = 64 + 3 * (type.Length + subject.Length + mediaType.Length + (dataSchema?.Length ?? 0))
            + extensions.Length + data.Length;
        var buffer = size <= 4096 ? stackalloc byte[size] : new byte[size];
        var at = 0;
        Text(buffer, ref at, type);
        Text(buffer, ref at, subject);
        BinaryPrimitives.WriteInt64BigEndian(buffer[at..], time?.UtcTicks ?? -1);
        at += sizeof(long);
        Text(buffer, ref at, mediaType);
        Text(buffer, ref at, dataSchema ?? "");
        Bytes(buffer, ref at, extensions);
        Bytes(buffer, ref at, data);
        return SHA256.HashData(buffer[..at]);
    }

    private static void Text(Span<byte> buffer, ref int at, string value)
    {
        var written = Encoding.UTF8.GetBytes(value, buffer[(at + sizeof(int))..]);
        BinaryPrimitives.WriteInt32BigEndian(buffer[at..], written);
        at += sizeof(int) + written;
    }

    private static void Bytes(Span<byte> buffer, ref int at, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer[at..], value.Length);
        value.CopyTo(buffer[(at + sizeof(int))..]);
        at += sizeof(int) + value.Length;
    }
}
