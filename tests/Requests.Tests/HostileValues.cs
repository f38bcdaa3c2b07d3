namespace CsPlatform.Requests.Tests;

/// <summary>What is put in the place of a value: as JSON in bodies, as text in parameters.</summary>
internal static class HostileValues
{
    private const int Seed = 20_261;

    private static readonly string[] Fixed =
    [
        "null", "true", "0", "-0", "-1", "1.5", "1e400", "1e-400", "-1e30", "2147483647", "2147483648", "-2147483649",
        "4294967296", "9007199254740993", "9223372036854775808", "123456789012345678901234567890", "0.1234567890123456789012345678901",
        "\"\"", "\" \"", "\"x\"", "\"0\"", "\"null\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"\\u202e\\u200b\\ufeff\"", "\"e\\u0301\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\r\\nX-Injected: 1\"",
        "\"'; drop table x; --\"", "\"%' or '1'='1\"", "\"$.a[*] ? (@ > 1)\"", "\"*DEFAULT*\"", "\"=1+1\"", "\"../../etc/passwd\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"0001-01-01\"", "\"9999-12-31\"", "\"2026-02-30\"", "\"10000-01-01\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"2026-01-01T00:00:00\"", "\"2016-12-31T23:59:60Z\"",
        "{}", "[]", "[null]", "[[]]", "[1,\"x\"]", "{\"a\":{\"b\":[]}}", "NaN", "'x'", "01", "1.", "\"\\x\"", "\"\t\"",
    ];

    /// <summary>JSON texts, some of them not valid; a few naughty strings among them, chosen by a fixed seed.</summary>
    public static IReadOnlyList<string> Json(int naughtyStrings) =>
        [.. Fixed, Nested('[', ']', 100), Nested('[', ']', 20_000), $"\"{new string('a', 40_000)}\"", $"\"{new string('ü', 300)}\"",
            .. Naughty(naughtyStrings).Select(s => JsonSerializer.Serialize(s))];

    /// <summary>The same as text, for parameters: without what no address can carry.</summary>
    public static IReadOnlyList<string> Text(int naughtyStrings) =>
    [
        .. Fixed.Where(f => f[0] != '"').Concat(Fixed.Where(f => f[0] == '"' && !f.Contains("\\ud", StringComparison.Ordinal) && !f.Contains("\\x", StringComparison.Ordinal) && !f.Contains('\t'))
            .Select(f => JsonSerializer.Deserialize<string>(f)!)),
        new string('a', 4_000), .. Naughty(naughtyStrings).Where(IsAddressable),
    ];

    /// <summary>
    /// No JSON, or one that has a member twice or text that no UTF-8 can hold or PostgreSQL keep. A byte order mark
    /// before it may be read over.
    /// </summary>
    public static bool IsUnreadable(ReadOnlyMemory<byte> json)
    {
        var mark = json.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        try
        {
            using var document = JsonDocument.Parse(
                json[mark..], new JsonDocumentOptions { AllowDuplicateProperties = false });
            return !IsStorable(document.RootElement);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static bool IsStorable(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(m => IsStorable(() => m.Name) && IsStorable(m.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(IsStorable),
        JsonValueKind.String => IsStorable(() => element.GetString()!),
        _ => true,
    };

    private static bool IsStorable(Func<string> text)
    {
        try
        {
            return !text().Contains('\0');
        }
        catch (InvalidOperationException)
        {
            return false; // half of a surrogate pair
        }
    }

    /// <summary>Short enough for a request line, of which the server takes 8 KiB.</summary>
    public static bool IsAddressable(string text) => Uri.EscapeDataString(text).Length < 6_000;

    private static IEnumerable<string> Naughty(int count) =>
        new Random(Seed).GetItems([.. Suites.NaughtyStrings()], count);

    private static string Nested(char open, char close, int depth) =>
        new string(open, depth) + new string(close, depth);
}
