using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>Reads the members of <c>data</c> that count; all others are kept and left alone.</summary>
internal static class UsageData
{
    /// <param name="canonical">A canonical JSON object, so no name comes twice and every string is sound.</param>
    public static Use Read(ReadOnlySpan<byte> canonical, UsageLimits limits)
    {
        string? user = null;
        var automation = false;
        var minutes = 0m;
        List<string>? features = null;
        var reader = new Utf8JsonReader(canonical);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("user"u8))
                user = Name(ref reader, "user", limits);
            else if (reader.ValueTextEquals("userKind"u8))
                automation = IsAutomation(ref reader);
            else if (reader.ValueTextEquals("feature"u8))
                Add(ref features, Name(ref reader, "feature", limits));
            else if (reader.ValueTextEquals("features"u8))
                ReadFeatures(ref reader, ref features, limits);
            else if (reader.ValueTextEquals("minutes"u8))
                minutes = ReadMinutes(ref reader, limits);
            else
                reader.Skip();
        }

        if (user is null && features is null && minutes == 0 && !automation)
            return Use.Nothing;
        return new Use(user, automation, features switch
        {
            null => [],
            [var only] => [only],
            _ => [.. features.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        }, minutes);
    }

    private static void Add(ref List<string>? features, string? feature)
    {
        if (feature is not null)
            (features ??= []).Add(feature);
    }

    private static void ReadFeatures(ref Utf8JsonReader reader, ref List<string>? features, UsageLimits limits)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Invalid("features is an array of strings.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            Add(ref features, Text(ref reader, "features", limits));
    }

    private static string? Name(ref Utf8JsonReader reader, string member, UsageLimits limits)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null : Text(ref reader, member, limits);
    }

    private static string Text(ref Utf8JsonReader reader, string member, UsageLimits limits)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length == 0)
            throw Invalid($"{member} is a string that is not empty.");
        var text = reader.GetString()!;
        return Encoding.UTF8.GetByteCount(text) <= limits.NameBytes
            ? text
            : throw Invalid($"{member} has at most {limits.NameBytes} bytes.");
    }

    private static bool IsAutomation(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return false;
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("automation"u8))
            return true;
        return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("person"u8)
            ? false
            : throw Invalid("userKind is person or automation.");
    }

    private static decimal ReadMinutes(ref Utf8JsonReader reader, UsageLimits limits)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var minutes)
            && minutes >= 0 && minutes <= limits.EventMinutes
            ? minutes
            : throw Invalid(
                string.Create(CultureInfo.InvariantCulture, $"minutes is a number from 0 to {limits.EventMinutes}."));
    }

    private static UsageEventRefusedException Invalid(string detail) => new(IntakeCodes.DataInvalid, detail);
}
