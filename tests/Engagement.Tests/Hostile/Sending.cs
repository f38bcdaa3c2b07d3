using System.Net.Http.Headers;
using System.Text;
using CsPlatform.Engagement.Intake;
using Npgsql;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>Sends bodies by either transport, and holds what became of them against what has to.</summary>
internal static class Sending
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// Each is answered with what becomes of its items; what is counted is read back, what waits is parked.
    /// </summary>
    public static async Task SendOverHttpAsync(
        this EngagementSystem system, IReadOnlyList<HostileBody> bodies, HttpClient? publisher = null)
    {
        publisher ??= system.Publisher;
        var waiting = bodies.SelectMany(b => b.Items).Where(i => i.Waits).ToArray();
        var before = await system.SeenAsync("http", waiting);
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (body, _) =>
        {
            using var content = new ByteArrayContent(body.Bytes);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(
                body.IsBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json");
            using var response = await publisher.PostAsync("/v1/events", content, Stop);
            AssertAnswer(body, (int)response.StatusCode, await response.JsonAsync());
        });
        await system.AssertReadBackAsync(bodies.SelectMany(b => b.Items));
        await system.AssertSeenAsync("http", waiting, before);
    }

    /// <summary>
    /// Nobody is answered: every item is counted and read back, or parked with its code and its bytes.
    /// </summary>
    public static async Task SendOverAmqpAsync(this EngagementSystem system, IReadOnlyList<HostileBody> bodies)
    {
        var parked = bodies.SelectMany(b => b.Items).Where(i => i.Code is not null).ToArray();
        var before = await system.SeenAsync("amqp", parked);
        await system.PublishAllAsync([.. bodies.Select(b => b.Bytes)]);
        await system.AssertReadBackAsync(bodies.SelectMany(b => b.Items));
        await Eventually.PassesAsync(() => system.AssertSeenAsync("amqp", parked, before));
    }

    /// <summary>What lies in the table is what was sent: the canonical form of both is the same bytes.</summary>
    public static async Task AssertReadBackAsync(this EngagementSystem system, IEnumerable<HostileItem> items)
    {
        var sent = items.Where(i => i.Code is null).Select(i => (Item: i, Sample.Parse(i.Bytes).Event)).ToArray();
        Assert.All(sent, s => Assert.True(s.Event is not null, Encoding.Latin1.GetString(s.Item.Bytes)));
        var stored = new Dictionary<(string Source, string Id), JsonElement>();
        await Eventually.PassesAsync(async () =>
        {
            stored = await system.StoredAsync([.. sent.Select(s => (s.Event!.Source, s.Event.Id))]);
            Assert.DoesNotContain(sent, s => !stored.ContainsKey((s.Event!.Source, s.Event.Id)));
        });
        foreach (var (item, e) in sent)
        {
            var row = stored[(e!.Source, e.Id)];
            Assert.Equal((e.Type, e.Subject, e.Use.User), (row.Text("type"), row.Text("subject"), row.Text("user_id")));
            Assert.Equal(e.Use.Features, row.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
            Assert.Equal(e.Use.Minutes, row.GetProperty("minutes").GetDecimal());
            Assert.Equal(item.OccurredAt ?? row.Text("at"), row.Text("at"));
            if (e.Time is { } time)
                Assert.Equal(time, row.GetProperty("occurred_at").GetDateTimeOffset());
            var data = row.GetProperty("data").GetRawText();
            Assert.Equal(e.Data is null ? "null" : Encoding.UTF8.GetString(e.Data),
                e.Data is null ? data : Encoding.UTF8.GetString(Sample.ParseData(data).Event!.Data!));
            if (e.Extensions is not null)
                Assert.True(JsonElement.DeepEquals(JsonElement.Parse(e.Extensions), row.GetProperty("extensions")));
        }
    }

    /// <summary>How often these bytes were parked with these codes.</summary>
    private static async Task<Dictionary<string, long>> SeenAsync(
        this EngagementSystem system, string transport, IReadOnlyList<HostileItem> items)
    {
        await using var command = system.Database("engagement").CreateCommand(
            "select raw, reason, sum(seen)::bigint from engagement.parked_event where transport = $1 and raw = any($2) group by 1, 2");
        command.Parameters.Add(new NpgsqlParameter { Value = transport });
        command.Parameters.Add(new NpgsqlParameter { Value = items.Select(i => i.Bytes).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var seen = new Dictionary<string, long>();
        while (await reader.ReadAsync(Stop))
            seen.Add(Key(reader.GetString(1), reader.GetFieldValue<byte[]>(0)), reader.GetInt64(2));
        return seen;
    }

    /// <summary>Each once more than before, and with no other code.</summary>
    private static async Task AssertSeenAsync(
        this EngagementSystem system, string transport, IReadOnlyList<HostileItem> items, Dictionary<string,
        long> before)
    {
        var expected = before.ToDictionary();
        foreach (var key in items.Select(i => Key(i.Code!, i.Bytes)))
            expected[key] = expected.GetValueOrDefault(key) + 1;
        var seen = await system.SeenAsync(transport, items);
        Assert.Empty(expected.Except(seen));
        Assert.Empty(seen.Except(expected));
    }

    private static string Key(string reason, byte[] raw) =>
        $"{reason} {Encoding.Latin1.GetString(raw, 0, Math.Min(raw.Length, 200))} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(raw))}";

    private static void AssertAnswer(HostileBody body, int status, JsonElement answer)
    {
        var refused = body.Items.Count(i => i is { Code: not null, Waits: false });
        var expected = refused == 0 ? 202
            : refused < body.Items.Count ? 207
            : body.IsBatch && !body.IsWhole ? 400
            : IntakeAnswer.StatusOf(body.Items[0].Code!);
        Assert.True(expected == status, $"{body.Name}: {expected} expected, not {status} {answer}");
        if (answer.TryGetProperty("items", out var items))
            Assert.Equal(
                body.Items.Select(i => (body.Name, i.Code)), items.EnumerateArray().Select(
                    i => (body.Name, i.Text("code"))));
        else
            Assert.Equal([(body.Name, answer.Text("code"))], body.Items.Select(i => (body.Name, i.Code)));
    }

    private static async Task<Dictionary<(string Source, string Id), JsonElement>> StoredAsync(
        this EngagementSystem system, IReadOnlyList<(string Source, string Id)> keys)
    {
        await using var command = system.Database("engagement").CreateCommand(
            """
            select s.source, e.id, (to_jsonb(e) || jsonb_build_object('at',
              (e.occurred_at at time zone 'UTC')::text))::text
            from engagement.usage_event e join engagement.usage_source s using (source_id)
            where (s.source, e.id) in (select * from unnest($1, $2))
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(k => k.Source).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(k => k.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var stored = new Dictionary<(string, string), JsonElement>();
        while (await reader.ReadAsync(Stop))
            stored.Add((reader.GetString(0), reader.GetString(1)), JsonElement.Parse(reader.GetString(2)));
        return stored;
    }
}
