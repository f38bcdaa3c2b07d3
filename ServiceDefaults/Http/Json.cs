using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsPlatform.Contracts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// JSON over HTTP: camelCase, unknown members refused, enums as strings, money with the amount as a string.
/// </summary>
public static class Json
{
    /// <summary>The options of the data of public CloudEvents: camelCase, absent members left out.</summary>
    public static JsonSerializerOptions PublicEvents { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new MoneyConverter() },
    };

    internal static void AddStrictJson(this IServiceCollection services) =>
        services.Configure<JsonOptions>(o => Strict(o.SerializerOptions));

    /// <summary>What is read from callers is as it is documented, or refused.</summary>
    internal static JsonSerializerOptions Strict(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new MoneyConverter());
        options.Converters.Add(new StorableStringConverter());
        options.Converters.Add(new InstantConverter());
        return options;
    }

    /// <summary>
    /// PostgreSQL stores no NUL in text: refused here, at the edge, instead of failing a transaction later.
    /// </summary>
    private sealed class StorableStringConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException("A string is expected.");
            var text = reader.GetString();
            return text is not null && text.Contains('\0', StringComparison.Ordinal)
                ? throw new JsonException("The character U+0000 is not accepted in text.")
                : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }

    /// <summary>A time without its offset would be read in the time zone of this machine: refused.</summary>
    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && HasOffset(reader.GetString()!) && reader.TryGetDateTimeOffset(
                out var time)
                ? time
                : throw new JsonException("A time is written with its offset, e.g. \"2026-03-01T12:00:00Z\".");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);

        private static bool HasOffset(string time) => time is [.., 'Z'] || (time.Length > 16 && time[^6] is '+' or '-');
    }

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        private const int DigitsMax = 28;

        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var parts = JsonSerializer.Deserialize<MoneyParts>(ref reader, PartsOptions)
                ?? throw new JsonException("Money is an object with amount and currency.");
            var amount = parts.Amount.ValueKind switch
            {
                JsonValueKind.String => parts.Amount.GetString(),
                JsonValueKind.Number => parts.Amount.GetRawText(),
                _ => null,
            };
            // More digits than decimal holds would be rounded without a word.
            return amount is { Length: <= DigitsMax }
                && decimal.TryParse(amount, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var exact)
                ? new Money(exact, parts.Currency)
                : throw new JsonException(
                    $"An amount is a decimal number of at most {DigitsMax} characters, "
                    + "as a string or a number, e.g. \"1200.00\".");
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("amount", value.Amount.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("currency", value.Currency);
            writer.WriteEndObject();
        }

        private static readonly JsonSerializerOptions PartsOptions = new(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };

        private sealed record MoneyParts(JsonElement Amount, string Currency);
    }
}
