using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// The context attributes of one event while it is read, checked by the CloudEvents 1.0 specification.
/// </summary>
internal sealed class EventAttributes(UsageLimits limits)
{
    private const string AccountPrefix = "account/";

    /// <summary>CloudEvents advises 20 and sets no limit.</summary>
    private const int NameCharactersMax = 64;

    private static readonly SearchValues<char> AttributeNameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private SortedList<string, string>? extensions;
    private string? specVersion;
    private string? contentType;
    private string? time;

    public string? Id { get; private set; }
    public string? Source { get; private set; }
    public string? Type { get; private set; }
    public string? Subject { get; private set; }
    public string? DataSchema { get; private set; }
    public DateTimeOffset? Time { get; private set; }

    /// <summary>The data's media type without parameters, in lower case.</summary>
    public string MediaType { get; private set; } = "application/json";

    public bool IsJson =>
        MediaType is "application/json" or "text/json" || MediaType.EndsWith("+json", StringComparison.Ordinal);

    public void Once(string name)
    {
        if (!seen.Add(name))
            throw new UsageEventRefusedException(IntakeCodes.DuplicateMember, $"{Printable(name)} comes twice.");
    }

    /// <param name="reader">On the value.</param>
    public void Set(string name, ref Utf8JsonReader reader, CanonicalJson text)
    {
        if (name.Length is 0 or > NameCharactersMax || name.AsSpan().ContainsAnyExcept(AttributeNameCharacters))
            throw new UsageEventRefusedException(
                IntakeCodes.AttributeInvalid,
                $"An attribute is named with 1 to {NameCharactersMax} of a-z and 0-9, not {Printable(name)}.");
        Once(name);
        var value = Value(name, ref reader, text);
        if (value is null)
            return;

        switch (name)
        {
            case "specversion": specVersion = value; break;
            case "id": Id = Bounded(name, value); break;
            case "source": Source = Bounded(name, value); break;
            case "type": Type = Bounded(name, value); break;
            case "subject": Subject = Bounded(name, value); break;
            case "time": time = value; break;
            case "datacontenttype": contentType = Bounded(name, value); break;
            case "dataschema": DataSchema = Bounded(name, value); break;
            default: (extensions ??= new(StringComparer.Ordinal)).Add(name, value); break;
        }
    }

    /// <summary>After the last attribute: everything required is there, and in form.</summary>
    public void Check()
    {
        if (specVersion is null)
            throw Missing("specversion");
        if (specVersion != "1.0")
            throw new UsageEventRefusedException(IntakeCodes.SpecVersionUnsupported, "specversion is 1.0.");
        _ = Id ?? throw Missing("id");
        _ = Source ?? throw Missing("source");
        _ = Type ?? throw Missing("type");

        // No clock of a product stood before 1970, and PostgreSQL reads .NET's least time as minus infinity.
        if (time is not null)
            Time = Rfc3339.TryParse(time, out var parsed) && parsed >= DateTimeOffset.UnixEpoch
                ? parsed
                : throw new UsageEventRefusedException(
                    IntakeCodes.TimeInvalid,
                    "time is an RFC 3339 timestamp with its offset, from 1970 on, e.g. 2026-01-31T09:30:00Z.");
        if (contentType is not null)
            MediaType = contentType.AsSpan(0, contentType.IndexOf(';') is var end and >= 0 ? end : contentType.Length)
                .Trim().ToString().ToLowerInvariant();

        Subject = Normal(Subject
            ?? throw new UsageEventRefusedException(
                IntakeCodes.SubjectMissing, "A usage event names its account in subject."));
    }

    /// <summary>Extensions that belong to the event's meaning, as a canonical object; empty without any.</summary>
    public ReadOnlySpan<byte> Extensions(CanonicalJson writer) => WriteExtensions(writer, forKeeping: false);

    /// <summary>All that is worth keeping beside the columns, as a canonical object; null without any.</summary>
    public byte[]? Kept(CanonicalJson writer) =>
        WriteExtensions(writer, forKeeping: true) is { Length: > 0 } kept ? kept.ToArray() : null;

    private ReadOnlySpan<byte> WriteExtensions(CanonicalJson writer, bool forKeeping)
    {
        var all = extensions;
        if (forKeeping && (contentType ?? DataSchema) is not null)
            all ??= new(StringComparer.Ordinal);
        if (all is null)
            return default;
        if (forKeeping && contentType is not null)
            all["datacontenttype"] = contentType;
        if (forKeeping && DataSchema is not null)
            all["dataschema"] = DataSchema;

        writer.Reset();
        foreach (var (name, value) in all)
        {
            if (!forKeeping && name is "traceparent" or "tracestate")
                continue;
            writer.Append(writer.Length == 0 ? "{"u8 : ","u8);
            writer.WriteString(Encoding.UTF8.GetBytes(name));
            writer.Append(":"u8);
            writer.WriteString(Encoding.UTF8.GetBytes(value));
        }

        if (writer.Length > 0)
            writer.Append("}"u8);
        return writer.Slice(0);
    }

    private string? Value(string name, ref Utf8JsonReader reader, CanonicalJson text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                var value = Encoding.UTF8.GetString(text.Unescape(ref reader));
                if (value.Length == 0)
                    throw new UsageEventRefusedException(IntakeCodes.AttributeInvalid, $"{name} is empty.");
                return value.AsSpan().IndexOfAnyInRange('\0', '\x1F') < 0
                    && value.AsSpan().IndexOfAnyInRange('\x7F', '\x9F') < 0
                    ? value
                    : throw new UsageEventRefusedException(
                        IntakeCodes.AttributeInvalid, $"{name} has a control character.");
            // Extensions may be of CloudEvents' types Boolean and Integer; in headers they travel as this text.
            case JsonTokenType.True or JsonTokenType.False when IsExtension(name):
                return reader.TokenType == JsonTokenType.True ? "true" : "false";
            case JsonTokenType.Number when IsExtension(name) && reader.TryGetInt32(out _):
                return Encoding.ASCII.GetString(text.Number(reader));
            default:
                throw new UsageEventRefusedException(
                    IntakeCodes.AttributeInvalid, $"{name} is not of the type it must have.");
        }
    }

    private static bool IsExtension(string name) =>
        name is not ("specversion" or "id" or "source" or "type" or "subject"
        or "time" or "datacontenttype" or "dataschema");

    private static string Normal(string subject)
    {
        var slash = subject.IndexOf('/');
        if (slash <= 0 || slash == subject.Length - 1 || !IsSystem(subject.AsSpan(0, slash)))
            throw Malformed();
        if (!subject.StartsWith(AccountPrefix, StringComparison.Ordinal))
            return subject;
        return Guid.TryParseExact(subject.AsSpan(AccountPrefix.Length), "D", out var account) && account != Guid.Empty
            ? AccountPrefix + account
            : throw Malformed();
    }

    private static bool IsSystem(ReadOnlySpan<char> system)
    {
        foreach (var c in system)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        return true;
    }

    private string Bounded(string name, string value) => Encoding.UTF8.GetByteCount(value) <= limits.NameBytes
        ? value
        : throw new UsageEventRefusedException(
            IntakeCodes.AttributeInvalid, $"{name} has at most {limits.NameBytes} bytes.");

    private static UsageEventRefusedException Missing(string name) =>
        new(IntakeCodes.AttributeMissing, $"{name} is missing.");

    private static UsageEventRefusedException Malformed() => new(
        IntakeCodes.SubjectMalformed,
        "subject is system/key, the system in lower case, or account/ and the account's id.");

    private static string Printable(string name) =>
        name.Length <= 40 && !name.AsSpan().ContainsAnyExceptInRange(
            ' ', '~') ? $"'{name}'" : "a name of other characters";
}
