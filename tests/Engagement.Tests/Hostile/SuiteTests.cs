using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// Other people's bad input through the real service, over HTTP and over AMQP: what is accepted is read back equal, what
/// is refused has its code, or is parked with it and its bytes.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed class SuiteTests(EngagementSystem system)
{
    private const string Structured = "application/cloudevents+json", Batch = "application/cloudevents-batch+json";

    private static readonly HashSet<string> Codes =
        [.. typeof(IntakeCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public async Task JSON_parsing_suite_over_HTTP()
    {
        await system.RegisterAsync("crm", "suite-http");
        var sent = Suites.JsonParsing().Select((f, i) => Wrap(f.Json, $"suite-{i}", "crm/suite-http")).ToArray();
        Assert.True(sent.Length >= 300);
        var accepted = new ConcurrentBag<byte[]>();
        await Parallel.ForEachAsync(sent, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (json, _) =>
        {
            using var response = await system.PostAsync(Structured, json);
            var answer = await response.JsonAsync();
            if ((int)response.StatusCode == 202)
                accepted.Add(json);
            else
                Assert.True((int)response.StatusCode is 400 or 413 && Codes.Contains(answer.Text("code")!),
                    $"{(int)response.StatusCode} {answer} for {Encoding.Latin1.GetString(json)}");
            Assert.Equal(Sample.Parse(json).Refusal is null, (int)response.StatusCode == 202);
        });
        Assert.True(accepted.Count > 90);
        await AssertReadBackAsync(accepted);
    }

    [Fact]
    public async Task JSON_parsing_suite_over_AMQP()
    {
        await system.RegisterAsync("crm", "suite-amqp");
        var sent = Suites.JsonParsing().Select((f, i) => Wrap(f.Json, $"suite-amqp-{i}", "crm/suite-amqp")).ToArray();
        await system.PublishAllAsync(sent);
        await AssertReadBackAsync(sent.Where(json => Sample.Parse(json).Refusal is null));
        await AssertParkedAsync(sent.Where(json => Sample.Parse(json).Refusal is not null));
    }

    [Fact]
    public async Task Naughty_strings_in_every_text_of_an_event_over_both_transports()
    {
        await system.RegisterAsync("crm", "naughty");
        var number = 0;
        foreach (var strings in Suites.NaughtyStrings().Where(s => Encoding.UTF8.GetByteCount(s) <= 512).Chunk(40))
        {
            // A publisher that may send any of these as its source.
            using var publisher = system.PublisherClient("engagement", [EngagementSystem.Source, .. strings]);
            var events = strings.SelectMany(text => Naughty(text, number++)).ToArray();
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(new JsonArray([.. events.Select(e => e.DeepClone())]).ToJsonString()));
            content.Headers.ContentType = new(Batch);
            using var response = await publisher.PostAsync("/v1/events", content, TestContext.Current.CancellationToken);
            var answer = await response.JsonAsync();

            Assert.True((int)response.StatusCode is 202 or 207, $"{response.StatusCode} {answer}");
            foreach (var (i, e) in events.Index())
                Assert.Equal((e.Parse().Code(), e.ToJsonString()),
                    (answer.Item(i).Text("code") is "unknown-subject" ? null : answer.Item(i).Text("code"), e.ToJsonString()));
            await AssertReadBackAsync(events.Where(e => e.Parse().Event is not null && (string?)e["subject"] == "crm/naughty").Select(Bytes));
            // Over AMQP this user has one source; the others are parked for it, with their bytes.
            await system.PublishAllAsync([.. events.Select(Bytes)]);
            await AssertParkedAsync(events.Where(e => (string?)e["source"] != EngagementSystem.Source).Select(Bytes));
        }

        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task One_bad_of_every_kind_among_five_hundred_good_harms_none()
    {
        var account = await system.RegisterAsync("crm", "one-bad");
        var bad = Suites.JsonParsing().Select((f, i) => Wrap(f.Json, $"one-bad-{i}", "crm/one-bad")).Where(json => Sample.Parse(json).Refusal is not null && IsFramed(json))
            .DistinctBy(json => Sample.Parse(json).Code()).ToArray();
        Assert.True(bad.Length >= 4);
        var good = Enumerable.Range(0, 500).Select(i => Bytes(Sample.Event($"one-good-{i}", "crm/one-bad"))).ToArray();
        byte[] body = [(byte)'[', .. Join([.. good[..250], .. bad, .. good[250..]]), (byte)']'];

        using var response = await system.PostAsync(Batch, body);
        var answer = await response.JsonAsync();
        Assert.True((int)response.StatusCode == 207, $"{answer}");
        Assert.Equal((500, 0, bad.Length, 0), answer.Counts());
        await system.PublishAllAsync([[.. body, (byte)' ']]);
        await AssertParkedAsync(bad);
        Assert.Equal(500, Assert.Single(await system.DaysAsync(account)).Events);
    }

    /// <summary>Whether it can be told where the item ends: what is no JSON at all leaves no batch to speak of.</summary>
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
    private static IEnumerable<JsonObject> Naughty(string text, int n)
    {
        JsonObject Event(string field) => Sample.Event($"naughty-{n}-{field}", "crm/naughty");
        return
        [
            Event("user").With("data", new JsonObject { ["user"] = text, ["feature"] = text }),
            Event("features").With("data", new JsonObject { ["features"] = new JsonArray("a", text) }),
            Event("member").With("data", new JsonObject { ["x" + text] = 1, ["y"] = new JsonObject { [text] = text } }),
            Event("type").With("type", text),
            Event("extension").With("myextension", text),
            Event("id").With("id", $"{n}{text}"),
            Event("source").With("source", text),
            Event("subject").With("subject", $"crm/{text}"),
            Event("schema").With("dataschema", text),
        ];
    }

    private static byte[] Wrap(byte[] json, string id, string subject) =>
        [.. Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{id}}","source":"app","type":"t","subject":"{{subject}}","time":"2026-03-01T10:00:00Z","data":{"x":"""), .. json, .. "}}"u8];

    private static byte[] Bytes(JsonObject e) => Encoding.UTF8.GetBytes(e.ToJsonString());

    private static byte[] Join(IEnumerable<byte[]> items) => [.. items.SelectMany(item => (byte[])[.. item, (byte)',']).SkipLast(1)];

    /// <summary>What lies in the table is what was sent: the canonical form of both is the same bytes.</summary>
    private async Task AssertReadBackAsync(IEnumerable<byte[]> sent)
    {
        foreach (var json in sent)
        {
            var e = Sample.Parse(json).Event!;
            var stored = (string)await Eventually.GetsAsync<object>(async () => await system.StoredAsync(e.Source, e.Id));
            var row = JsonElement.Parse(stored);
            Assert.Equal((e.Type, e.Subject, e.Use.User), (row.Text("type"), row.Text("subject"), row.Text("user_id")));
            Assert.Equal(e.Use.Features, row.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
            Assert.Equal(e.Use.Minutes, row.GetProperty("minutes").GetDecimal());
            var data = row.GetProperty("data").GetRawText();
            Assert.Equal(e.Data is null ? "null" : Encoding.UTF8.GetString(e.Data),
                e.Data is null ? data : Encoding.UTF8.GetString(Sample.ParseData(data).Event!.Data!));
            if (e.Extensions is not null)
                Assert.True(JsonElement.DeepEquals(JsonElement.Parse(e.Extensions), row.GetProperty("extensions")));
        }
    }

    private async Task AssertParkedAsync(IEnumerable<byte[]> sent)
    {
        foreach (var json in sent)
            await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
                "select count(*) from engagement.parked_event where raw = $1 and transport = 'amqp'", json) > 0);
    }
}
