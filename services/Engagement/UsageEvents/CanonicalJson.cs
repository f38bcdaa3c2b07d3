using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// One walk over a payload that refuses whatever PostgreSQL could not store and writes the rest in one form only: keys
/// in byte order, strings without needless escapes, numbers by value. Equal meaning gives equal bytes.
/// </summary>
/// <remarks>
/// System.Text.Json alone lets NUL, lone surrogates and bad UTF-8 pass until somebody reads the string.
/// </remarks>
internal sealed class CanonicalJson(UsageLimits limits)
{
    private readonly List<Member> members = [];
    private byte[] buffer = new byte[4096];
    private byte[] text = new byte[512];
    private int length;
    private int keys;

    private readonly record struct Member(int Start, int NameLength, int Length);

    /// <summary>Starts the next event: its keys are counted anew.</summary>
    public void Reset()
    {
        (length, keys) = (0, 0);
        members.Clear();
    }

    public int Length => length;

    public ReadOnlySpan<byte> Slice(int start) => buffer.AsSpan(start, length - start);

    public void CountKey()
    {
        if (++keys > limits.Keys)
            throw new UsageEventRefusedException(IntakeCodes.TooManyKeys, $"An event has at most {limits.Keys} keys.");
    }

    /// <summary>Writes the value on which the reader stands, and leaves the reader on its last token.</summary>
    public void WriteValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader);
                break;
            case JsonTokenType.String:
                WriteString(Unescape(ref reader));
                break;
            case JsonTokenType.Number:
                Append(Number(reader));
                break;
            default:
                Append(reader.ValueSpan);
                break;
        }
    }

    /// <summary>The number on which the reader stands, in its one form.</summary>
    public ReadOnlySpan<byte> Number(in Utf8JsonReader reader) =>
        CanonicalNumber.Write(reader.ValueSpan, limits.NumberDigits);

    /// <summary>
    /// The string or name on which the reader stands, unescaped and known to be storable. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        if (!Utf8.IsValid(raw))
            throw new UsageEventRefusedException(IntakeCodes.InvalidUtf8, "A string is not valid UTF-8.");

        if (reader.ValueIsEscaped)
        {
            if (text.Length < raw.Length)
                text = new byte[raw.Length];
            try
            {
                raw = text.AsSpan(0, reader.CopyString(text));
            }
            catch (InvalidOperationException)
            {
                throw new UsageEventRefusedException(
                    IntakeCodes.LoneSurrogate, "A string has half of a surrogate pair.");
            }

            if (raw.Contains((byte)0))
                throw new UsageEventRefusedException(IntakeCodes.NulCharacter, "A string has a NUL character.");
        }

        return raw.Length <= limits.StringBytes
            ? raw
            : throw new UsageEventRefusedException(
                IntakeCodes.StringTooLong, $"A string has at most {limits.StringBytes} bytes.");
    }

    private void WriteArray(ref Utf8JsonReader reader)
    {
        CheckDepth(reader);
        Append("["u8);
        for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first)
                Append(","u8);
            WriteValue(ref reader);
        }

        Append("]"u8);
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        CheckDepth(reader);
        var own = members.Count;
        var inOrder = true;
        Append("{"u8);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            CountKey();
            if (members.Count > own)
                Append(","u8);
            var start = length;
            WriteString(Unescape(ref reader));
            var nameLength = length - start;
            Append(":"u8);
            inOrder = inOrder && (members.Count == own || Compare(members[^1], start, nameLength) < 0);
            reader.Read();
            var at = members.Count;
            members.Add(new Member(start, nameLength, 0));
            WriteValue(ref reader);
            members[at] = new Member(start, nameLength, length - start);
        }

        if (!inOrder)
            Sort(own);
        members.RemoveRange(own, members.Count - own);
        Append("}"u8);
    }

    private void Sort(int own)
    {
        var start = members[own].Start;
        members.Sort(own, members.Count - own, Comparer<Member>.Create((a, b) => Compare(a, b.Start, b.NameLength)));
        var size = length - start;
        var unsorted = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            buffer.AsSpan(start, size).CopyTo(unsorted);
            length = start;
            for (var i = own; i < members.Count; i++)
            {
                if (i > own)
                    Append(","u8);
                var member = members[i];
                var name = unsorted.AsSpan(member.Start - start, member.NameLength);
                var before = members[Math.Max(own, i - 1)];
                if (i > own && name.SequenceEqual(unsorted.AsSpan(before.Start - start, before.NameLength)))
                    throw new UsageEventRefusedException(IntakeCodes.DuplicateMember, "An object has one name twice.");
                Append(unsorted.AsSpan(member.Start - start, member.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unsorted);
        }
    }

    private int Compare(Member left, int start, int nameLength) =>
        buffer.AsSpan(left.Start, left.NameLength).SequenceCompareTo(buffer.AsSpan(start, nameLength));

    public void WriteString(ReadOnlySpan<byte> value)
    {
        Append("\""u8);
        while (value.IndexOfAnyInRange((byte)0, (byte)0x1F) is var control
            && value.IndexOfAny((byte)'"', (byte)'\\') is var quote
            && (control >= 0 || quote >= 0))
        {
            var at = control < 0 || (quote >= 0 && quote < control) ? quote : control;
            Append(value[..at]);
            WriteEscaped(value[at]);
            value = value[(at + 1)..];
        }

        Append(value);
        Append("\""u8);
    }

    private void WriteEscaped(byte value)
    {
        switch (value)
        {
            case (byte)'"': Append("\\\""u8); break;
            case (byte)'\\': Append("\\\\"u8); break;
            case (byte)'\n': Append("\\n"u8); break;
            case (byte)'\r': Append("\\r"u8); break;
            case (byte)'\t': Append("\\t"u8); break;
            default:
                Append("\\u00"u8);
                Append([Hex(value >> 4), Hex(value & 15)]);
                break;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private void CheckDepth(in Utf8JsonReader reader)
    {
        if (reader.CurrentDepth >= limits.Depth)
            throw new UsageEventRefusedException(
                IntakeCodes.TooDeep, $"An event is at most {limits.Depth} levels deep.");
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes.Length));
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }
}
