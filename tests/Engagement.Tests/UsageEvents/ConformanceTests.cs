using System.Text;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.UsageEvents;

/// <summary>Other people's suites; each test is skipped where its data set is absent.</summary>
public sealed class ConformanceTests
{
    /// <summary>
    /// Rules of ours on top of CloudEvents: a usage event names its account, and its data is a JSON object.
    /// </summary>
    private static readonly string[] OwnRules = ["subject-missing", "subject-malformed", "data-not-object",
        "data-not-json"];

    [Fact]
    public void Valid_CloudEvents_pass_but_for_our_own_rules()
    {
        foreach (var test in Cases("valid-events.json"))
            Assert.True(IsTakenButForOwnRules(Code(test.GetProperty("event"))), test.GetRawText());
    }

    [Fact]
    public void Valid_batches_pass_but_for_our_own_rules()
    {
        foreach (var test in Cases("valid-batches.json"))
            foreach (var item in Split(test))
                Assert.True(IsTakenButForOwnRules(Sample.Parse(item.ToArray()).Code()), test.GetRawText());
    }

    [Fact]
    public void Invalid_CloudEvents_are_refused()
    {
        foreach (var test in Cases("invalid-events.json"))
            Assert.True(Code(test.GetProperty("event")) is not (null or "subject-missing"), test.GetRawText());
    }

    [Fact]
    public void Invalid_batches_have_a_refused_item()
    {
        foreach (var test in Cases("invalid-batches.json"))
            Assert.Contains(
                Split(test), item => Sample.Parse(item.ToArray()).Code() is { } code && !OwnRules.Contains(code));
    }

    [Fact]
    public void JSON_parsing_suite_is_told_apart_and_what_passes_is_canonical()
    {
        var seen = 0;
        foreach (var (name, file) in Suites.JsonParsing())
        {
            byte[] json = [.. "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"a/b\",\"data\":{\"x\":"u8,
                .. file, .. "}}"u8];
            var item = new UsageEventParser(new UsageLimits { EventBytes = 1 << 20 }).Parse(json);
            if (name[0] == 'n')
                Assert.True(item.Refusal is not null, name);
            // Valid JSON that PostgreSQL cannot store, or that two readers would read differently, has codes of its
            // own.
            if (name[0] == 'y')
                Assert.True(item.Code() is null or "nul-character" or "duplicate-member" or "number-out-of-range",
                    $"{name} {item.Code()}");
            // What passes is its own canonical form: written once more it stays as it is.
            if (item.Event is { } e)
                Assert.Equal(e.Data, Sample.ParseData(Encoding.UTF8.GetString(e.Data!)).Event!.Data);
            seen++;
        }

        Assert.True(seen >= 318, $"{seen} files");
    }

    [Fact]
    public void Naughty_strings_survive_in_every_text_field()
    {
        foreach (var text in Suites.NaughtyStrings())
        {
            var item = Sample.Event(user: text, feature: text).Parse();
            Assert.Equal(Encoding.UTF8.GetByteCount(text) <= 512, item.Event is not null);
            if (item.Event is { } e)
                Assert.Equal((text, text), (e.Use.User, e.Use.Features[0]));
        }
    }

    private static bool IsTakenButForOwnRules(string? code) => code is null || OwnRules.Contains(code);

    private static string? Code(JsonElement e) => Sample.Parse(e.GetRawText()).Code();

    private static IReadOnlyList<ReadOnlyMemory<byte>> Split(JsonElement test) =>
        EventBatch.Split(Encoding.UTF8.GetBytes(test.GetProperty("batch").GetRawText()), new UsageLimits());

    /// <summary>The cases of a file; the test that asks is skipped where it is absent.</summary>
    internal static IEnumerable<JsonElement> Cases(string file)
    {
        var path = TestData.Path($"conformance/cloudevents/{file}");
        return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("tests").EnumerateArray();
    }
}
