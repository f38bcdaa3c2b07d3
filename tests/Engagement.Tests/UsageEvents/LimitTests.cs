using System.Globalization;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.Intake;
using CsPlatform.Engagement.UsageEvents;
using CsPlatform.Local;
using Microsoft.Extensions.Configuration;

namespace CsPlatform.Engagement.Tests.UsageEvents;

/// <summary>
/// Every limit one below, at and one above what is set; and settings that make no sense stop the start.
/// </summary>
public sealed class LimitTests
{
    public static TheoryData<string, string> Settings => new()
    {
        { "RequestBytes", "1023" }, { "BatchEvents", "0" }, { "EventBytes", "0" }, { "Depth", "0" }, { "Depth", "61" },
        { "Keys", "5" },
        { "StringBytes", "1" }, { "NumberDigits", "0" }, { "NumberDigits", "29" }, { "NameBytes", "35" },
        { "NameBytes", "2049" }, { "FutureHours", "-1" }, { "PastYears", "0" },
        { "EventMinutes", "0" }, { "Depth", "deep" }, { "Keys", "1e3" }, { "RequestBytes", "99999999999" },
    };

    [Theory, MemberData(nameof(Settings))]
    public void A_limit_out_of_bounds_is_named(string name, string value)
    {
        var fault = Assert.Throws<InvalidOperationException>(
            () => UsageLimits.From(Configuration($"Limits:{name}", value)));
        Assert.StartsWith($"Limits__{name} must be a whole number between ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Writers")]
    [InlineData("TransactionItems")]
    [InlineData("Waiting")]
    [InlineData("QueueTimeoutSeconds")]
    [InlineData("Prefetch")]
    [InlineData("CoalesceMilliseconds")]
    [InlineData("CoalesceMillisecondsMax")]
    public void A_setting_of_the_intake_out_of_bounds_is_named(string name) => Assert.StartsWith(
        $"Intake__{name} must be ",
        Assert.Throws<InvalidOperationException>(
            () => IntakeSettings.From(Configuration($"Intake:{name}", "0"))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_set_holds_and_the_rest_has_its_published_default()
    {
        Assert.Equal(new UsageLimits { Depth = 3 }, UsageLimits.From(Configuration("Limits:Depth", "3")));
        Assert.Equal(new IntakeSettings { Writers = 2 }, IntakeSettings.From(Configuration("Intake:Writers", "2")));
    }

    [Fact]
    public void The_published_defaults_are_those_of_the_code()
    {
        AssertPublished("Limits", new UsageLimits());
        AssertPublished("Intake", new IntakeSettings());
        var limits = new UsageLimits();
        var contract = string.Join(' ', File.ReadAllText(Path.Combine(Clone.Root, "contracts", "README.md")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture,
            $"at most {limits.BatchEvents:N0} events and {limits.RequestBytes >> 20} MiB; an event has at most {limits.EventBytes >> 10} KiB, "
            + $"{limits.Depth} levels, {limits.Keys:N0} names, {limits.StringBytes >> 10} KiB in one string, {limits.NameBytes} bytes in an id"),
            contract, StringComparison.Ordinal);
        Assert.Contains($"decimals have at most {limits.NumberDigits} digits", contract, StringComparison.Ordinal);
    }

    /// <summary>The README's row of these settings names each with its default, in one order.</summary>
    private static void AssertPublished<T>(string section, T defaults)
    {
        var row = File.ReadLines(Path.Combine(Clone.Root, "README.md"))
            .Single(line => line.StartsWith($"| `{section}__", StringComparison.Ordinal)).Split(
                '|', StringSplitOptions.TrimEntries);
        var names = row[1].Split(", ").Select(
            name => name.Trim('`').Replace(section, "", StringComparison.Ordinal)[2..]);
        var published = row[2].Split(", ").Select(Number);
        Assert.Equal(
            typeof(T).GetProperties().Select(
                p => (p.Name, Convert.ToInt32(p.GetValue(defaults), CultureInfo.InvariantCulture))),
            names.Zip(published));
    }

    private static int Number(string text) => text.Split(' ') switch
    {
        [var number, "KiB"] => Number(number) << 10,
        [var number, "MiB"] => Number(number) << 20,
        _ => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture),
    };

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, "event-too-large")]
    public void Event_bytes(int over, string? code) => Judge(
        new UsageLimits { EventBytes = 400 }, Sample.Event().ToJsonString().PadRight(400 + over), code);

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, "too-deep")]
    public void Depth(int over, string? code)
    {
        var nested = Enumerable.Range(0, 4 - 2 + over).Aggregate((JsonNode)1, (inner, _) => new JsonArray(inner));
        Judge(new UsageLimits { Depth = 4 }, Event(new JsonObject { ["x"] = nested }), code);
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, "too-many-keys")]
    public void Keys(int over, string? code) => Judge(
        new UsageLimits { Keys = 20 },
        Event(new JsonObject(Enumerable.Range(0, 20 - 6 + over).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)i)))), code);

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, "string-too-long")]
    public void String_bytes_of_values_and_of_names(int over, string? code)
    {
        var limits = new UsageLimits { StringBytes = 100 };
        var text = "é" + new string('a', 98 + over); // two bytes and as many characters
        Judge(limits, Event(new JsonObject { ["x"] = text }), code);
        Judge(limits, Event(new JsonObject { [text] = 1 }), code);
        Judge(limits, Sample.Event().With("extension", text).ToJsonString(), code);
    }

    [Theory]
    [InlineData("1234", null)]
    [InlineData("12345", null)]
    [InlineData("123456", "number-out-of-range")]
    [InlineData("0.12345", null)]
    [InlineData("0.123456", "number-out-of-range")]
    [InlineData("1234500000.000", null)]
    public void Number_digits_but_for_zeros_at_either_end(string number, string? code) =>
        Judge(new UsageLimits { NumberDigits = 5 }, Event(new JsonObject { ["x"] = JsonNode.Parse(number) }), code);

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Name_bytes_of_all_that_is_indexed(int over, bool taken)
    {
        var limits = new UsageLimits { NameBytes = 64 };
        var text = "é" + new string('a', 62 + over);
        foreach (var attribute in (string[])["id", "source", "type", "dataschema"])
            Judge(limits, Sample.Event().With(attribute, text).ToJsonString(), taken ? null : "attribute-invalid");
        Judge(limits, Sample.Event().With("subject", $"crm/{text[..^4]}").ToJsonString(), taken ? null : "attribute-invalid");
        Judge(limits, Sample.Event(user: text).ToJsonString(), taken ? null : "data-invalid");
        Judge(limits, Sample.Event(feature: text).ToJsonString(), taken ? null : "data-invalid");
        Judge(limits, Event(new JsonObject { ["features"] = new JsonArray(text) }), taken ? null : "data-invalid");
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, "data-invalid")]
    public void Minutes_of_an_event(int over, string? code) =>
        Judge(new UsageLimits { EventMinutes = 60 }, Sample.Event(minutes: 60 + over).ToJsonString(), code);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Events_of_a_batch(int over, bool refused)
    {
        var batch = new JsonArray([.. Enumerable.Range(0, 5 + over).Select(_ => Sample.Event())]).ToJsonString();
        var limits = new UsageLimits { BatchEvents = 5 };
        if (refused)
            Assert.Equal("batch-too-large", Assert.Throws<UsageEventRefusedException>(() => Split()).Code);
        else
            Assert.Equal(5 + over, Split().Count);

        IReadOnlyList<ReadOnlyMemory<byte>> Split() => EventBatch.Split(
            System.Text.Encoding.UTF8.GetBytes(batch), limits);
    }

    [Theory]
    [InlineData("9007199254740990", null)]
    [InlineData("9007199254740991", null)]
    [InlineData("9007199254740992", "number-out-of-range")]
    [InlineData("-9007199254740991", null)]
    [InlineData("-9007199254740992", "number-out-of-range")]
    [InlineData("9007199254740992.0", "number-out-of-range")]
    [InlineData("2147483648", null)]
    [InlineData("9223372036854775808", "number-out-of-range")]
    [InlineData("18446744073709551616", "number-out-of-range")]
    [InlineData("0.123456789012345678901234567", null)]
    [InlineData("0.1234567890123456789012345678", null)]
    [InlineData("0.12345678901234567890123456789", "number-out-of-range")]
    [InlineData("123456789012345678901234567890", "number-out-of-range")]
    [InlineData("1e-28", null)]
    [InlineData("1e-29", "number-out-of-range")]
    [InlineData("1e400", "number-out-of-range")]
    [InlineData("-0.0e-0", null)]
    public void Numbers(string number, string? code) =>
        Assert.Equal(code, Sample.ParseData($$"""{"x":{{number}}}""").Code());

    private static string Event(JsonObject data) => new JsonObject
    {
        ["specversion"] = "1.0",
        ["id"] = "1",
        ["source"] = "app",
        ["type"] = "t",
        ["subject"] = "crm/1",
        ["data"] = data,
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static void Judge(UsageLimits limits, string json, string? code) =>
        Assert.Equal(code, new UsageEventParser(limits).Parse(System.Text.Encoding.UTF8.GetBytes(json)).Code());

    private static IConfiguration Configuration(string key, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
}
