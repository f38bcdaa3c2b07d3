using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Fuzz;

/// <summary>What PostgreSQL's text and jsonb take, and an event written anew from what is stored of it.</summary>
internal static class Storable
{
    public static void Check(string? text)
    {
        if (text is not null && (text.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(text)))
            throw new InvalidOperationException("A text that PostgreSQL does not take.");
    }

    /// <summary>NUL, halves of surrogate pairs and bad UTF-8 are none of jsonb; a name comes once.</summary>
    public static void Check(byte[]? json)
    {
        if (json is null)
            return;
        if (!Utf8.IsValid(json))
            throw new InvalidOperationException("Canonical JSON that is no UTF-8.");
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                Check(reader.GetString());
            else if (reader.TokenType == JsonTokenType.Number && !reader.TryGetDecimal(out _))
                throw new InvalidOperationException("A number out of range.");
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
    }

    /// <summary>The event as its publisher would send what is stored.</summary>
    public static byte[] Write(UsageEvent e)
    {
        var structured = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(structured);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", e.Id);
        json.WriteString("source", e.Source);
        json.WriteString("type", e.Type);
        json.WriteString("subject", e.Subject);
        if (e.Time is { } time)
            json.WriteString("time", time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
        if (e.Extensions is not null)
            foreach (var extension in JsonElement.Parse(e.Extensions).EnumerateObject())
                json.WriteString(extension.Name, extension.Value.GetString());
        if (e.Data is not null)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(e.Data);
        }

        json.WriteEndObject();
        json.Flush();
        return structured.WrittenSpan.ToArray();
    }

    private static bool IsWellFormed(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                return false;
            rest = rest[length..];
        }

        return true;
    }
}
