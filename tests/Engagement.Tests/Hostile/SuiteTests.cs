using System.Text;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.Tests.UsageEvents;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// Other people's bad input through the real service, by each transport with ids of its own: what is accepted is read
/// back equal, what is refused has its code, or is parked with it and its bytes.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed class SuiteTests(EngagementSystem system)
{
    [Theory]
    [InlineData("http")]
    [InlineData("amqp")]
    public async Task JSON_parsing_suite(string transport)
    {
        var run = $"suite-{transport}";
        await system.RegisterAsync("crm", run);
        HostileBody[] bodies = [.. Suites.JsonParsing().Select((f, i) => Judged(f.Name, Wrap(f.Json, $"{run}-{i}", $"crm/{run}")))];
        Assert.True(bodies.Length >= 300);
        Assert.True(bodies.Count(b => b.Items[0].Code is null) > 90);
        await SendAsync(transport, bodies);
    }

    /// <summary>Each case as it is, and once more with what a usage event must have besides.</summary>
    [Theory]
    [InlineData("http")]
    [InlineData("amqp")]
    public async Task CloudEvents_conformance_cases(string transport)
    {
        var run = $"conformance-{transport}";
        await system.RegisterAsync("crm", run);
        var (valid, invalid) = (Cases("valid-events.json"), Cases("invalid-events.json"));
        HostileBody[] completed = [.. valid.Concat(invalid).Select(c => Judged(c.Name, Complete(c.Case, run, c.Name)))];
        Assert.All(
            completed.Take(valid.Count),
            b => Assert.True(b.Items[0] is { Code: null or "data-not-object" } or { Waits: true }, b.Name));
        Assert.All(
            completed.Skip(valid.Count),
            b => Assert.True(b.Items[0] is { Code: not (null or "subject-missing"), Waits: false }, b.Name));
        HostileBody[] batches =
        [
            .. from c in Cases("valid-batches.json").Concat(Cases("invalid-batches.json"))
               from complete in (bool[])[false, true]
               select HostileBody.Batch(c.Name, [.. c.Case.AsArray().Select(e =>
                   Judged(c.Name, complete ? Complete(e!, run, c.Name) : Bytes(e!)).Items[0])]),
        ];
        await SendAsync(transport, [.. valid.Concat(invalid).Select(c => Judged(c.Name, Bytes(c.Case))), .. completed, .. batches],
            EngagementSystem.ConformanceSources);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("amqp")]
    public async Task Naughty_strings_in_every_text_of_an_event(string transport)
    {
        var run = $"naughty-{transport}";
        await system.RegisterAsync("crm", run);
        var number = 0;
        foreach (var strings in Suites.NaughtyStrings().Where(s => Encoding.UTF8.GetByteCount(s) <= 512).Chunk(40))
        {
            // Over HTTP a publisher that may send any of these as its source; over AMQP one that has a source already.
            var items = strings.SelectMany(text => Naughty(text, run, number++)).Select(e => HostileItem.Of(e,
                e.Parse().Code()
                ?? (transport == "amqp"
                    && (string?)e["source"] != EngagementSystem.Source ? "source-not-allowed" : null)
                ?? ((string?)e["subject"] != $"crm/{run}" ? "unknown-subject" : null)));
            await SendAsync(transport, [HostileBody.Batch("naughty", [.. items])], strings);
        }

        await system.AssertFiguresEqualFoldAsync();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("amqp")]
    public async Task One_bad_of_every_kind_among_five_hundred_good_harms_none(string transport)
    {
        var run = $"one-bad-{transport}";
        var account = await system.RegisterAsync("crm", run);
        HostileItem[] bad =
        [
            .. Suites.JsonParsing().Select((f, i) => Judged(f.Name, Wrap(f.Json, $"{run}-{i}", $"crm/{run}")).Items[0])
                .Where(item => item.Code is not null && IsFramed(item.Bytes)).DistinctBy(item => item.Code),
        ];
        Assert.True(bad.Length >= 4);
        var good = Enumerable.Range(0, 500).Select(
            i => HostileItem.Of(Sample.Event($"{run}-good-{i}", $"crm/{run}"), null)).ToArray();

        await SendAsync(transport, [HostileBody.Batch(run, [.. good[..250], .. bad, .. good[250..]])]);

        Assert.Equal(500, Assert.Single(await system.DaysAsync(account)).Events);
    }

    private Task SendAsync(string transport, IReadOnlyList<HostileBody> bodies, params string[] sources) =>
        transport == "http"
        ? system.SendOverHttpAsync(bodies, system.PublisherClient("engagement", [EngagementSystem.Source, .. sources]))
        : system.SendOverAmqpAsync(bodies);

    /// <summary>
    /// What becomes of a JSON of others is what the parser says of it: its own tests hold that against the suite.
    /// </summary>
    private static HostileBody Judged(string name, byte[] json)
    {
        var item = Sample.Parse(json);
        var isOld = item.Event?.Time < TimeProvider.System.GetUtcNow().AddYears(-new UsageLimits().PastYears);
        return HostileBody.Single(name, json, item.Code() ?? (isOld ? "time-too-old" : null));
    }

    /// <summary>
    /// Whether it can be told where the item ends: what is no JSON at all leaves no batch to speak of.
    /// </summary>
    private static bool IsFramed(byte[] json)
    {
        try
        {
            return EventBatch.Split((byte[])[(byte)'[', .. json, (byte)']'], new UsageLimits()).Count == 1;
        }
        catch (UsageEventRefusedException)
        {
            return false;
        }
    }

    /// <summary>One event for each place that text may stand in.</summary>
    private static IEnumerable<JsonObject> Naughty(string text, string run, int n)
    {
        JsonObject Event(string field) => Sample.Event($"{run}-{n}-{field}", $"crm/{run}");
        return
        [
            Event("user").With("data", new JsonObject { ["user"] = text, ["feature"] = text }),
            Event("features").With("data", new JsonObject { ["features"] = new JsonArray("a", text) }),
            Event("member").With("data", new JsonObject { ["x" + text] = 1, ["y"] = new JsonObject { [text] = text } }),
            Event("type").With("type", text),
            Event("extension").With("myextension", text),
            Event("id").With("id", $"{run}-{n}{text}"),
            Event("source").With("source", text),
            Event("subject").With("subject", $"crm/{text}"),
            Event("schema").With("dataschema", text),
        ];
    }

    private static IReadOnlyList<(string Name, JsonNode Case)> Cases(string file) =>
        [.. from test in ConformanceTests.Cases(file)
            let content = test.TryGetProperty("event", out var single) ? single : test.GetProperty("batch")
            select (test.Text("id")!, JsonNode.Parse(content.GetRawText())!)];

    private static byte[] Complete(JsonNode test, string run, string name)
    {
        if (test.DeepClone() is not JsonObject e)
            return Bytes(test);
        if (e["id"] is JsonValue id && id.GetValueKind() == JsonValueKind.String && (string?)id is { Length: > 0 } text)
            e["id"] = $"{run}-{name}-{text}";
        if ((string?)e["subject"] != "")
            e["subject"] = $"crm/{run}";
        return Bytes(e);
    }

    private static byte[] Wrap(byte[] json, string id, string subject) =>
        [.. Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"app","type":"t","subject":"{{subject}}","data":{"x":"""), .. json, .. "}}"u8];

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
