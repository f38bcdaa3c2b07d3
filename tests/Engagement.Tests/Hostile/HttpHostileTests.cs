using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>Bodies of every kind over HTTP: a size, an encoding or a form that is not taken has its status and code.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class HttpHostileTests(EngagementSystem system)
{
    private const string Structured = "application/cloudevents+json", Batch = "application/cloudevents-batch+json";
    private static readonly UsageLimits Limits = new();

    [Theory]
    [InlineData(-1, false, 202)]
    [InlineData(0, false, 202)]
    [InlineData(1, false, 413)]
    [InlineData(-1, true, 202)]
    [InlineData(0, true, 202)]
    [InlineData(1, true, 413)]
    public async Task A_request_has_its_size_with_and_without_a_length(int over, bool chunked, int status)
    {
        var events = new JsonArray([.. Enumerable.Range(0, 3).Select(i => Sample.Event($"size-{over}-{chunked}-{i}", "crm/size"))]);
        var body = Encoding.UTF8.GetBytes(events.ToJsonString().PadRight(Limits.RequestBytes + over));
        using var answer = await SendAsync(Batch, body, chunked: chunked);
        await AssertAnswer(answer, status, "request-too-large");
    }

    [Theory]
    [InlineData(-1, 202)]
    [InlineData(0, 202)]
    [InlineData(1, 413)]
    public async Task A_batch_has_its_number_of_events(int over, int status)
    {
        var events = Enumerable.Range(0, Limits.BatchEvents + over).Select(i => Sample.Event($"number-{over}-{i}", "crm/number"));
        using var answer = await system.PostBatchAsync(events);
        await AssertAnswer(answer, status, "batch-too-large");
    }

    [Theory]
    [InlineData(-1, 202)]
    [InlineData(0, 202)]
    [InlineData(1, 413)]
    public async Task An_event_has_its_size(int over, int status)
    {
        var body = Sample.Event($"event-size-{over}", "crm/event-size").ToJsonString().PadRight(Limits.EventBytes + over);
        using var answer = await SendAsync(Structured, Encoding.UTF8.GetBytes(body));
        await AssertAnswer(answer, status, "event-too-large");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    [InlineData("nonsense")]
    public async Task A_packed_body_is_not_unpacked(string encoding)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[10 << 20]); // a thousand to one
        using var answer = await SendAsync(Structured, packed.ToArray(), encoding: encoding);
        await AssertAnswer(answer, 415, "content-type-unsupported");
    }

    [Theory]
    [InlineData("application/cloudevents+json; charset=utf-8", 202)]
    [InlineData("application/cloudevents+json; charset=\"UTF-8\"", 202)]
    [InlineData("APPLICATION/CloudEvents+JSON", 202)]
    [InlineData("application/cloudevents+json; charset=utf-16", 415)]
    [InlineData("application/cloudevents+json; charset=utf-7", 415)]
    [InlineData("application/cloudevents+json; charset=latin1", 415)]
    [InlineData("application/cloudevents+json; charset=", 415)]
    [InlineData("application/cloudevents+json, text/plain", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-ndjson", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("nonsense", 415)]
    [InlineData("", 415)]
    public async Task A_media_type_is_taken_or_415(string contentType, int status)
    {
        var body = Encoding.UTF8.GetBytes(Sample.Event("media", "crm/media").ToJsonString());
        using var answer = await SendAsync(contentType, body);
        await AssertAnswer(answer, status, "content-type-unsupported");
    }

    public static TheoryData<string, string> Forms => new()
    {
        { "\uFEFF{0}", "invalid-json" }, { "{0}\n{0}", "invalid-json" }, { "{0},", "invalid-json" }, { "{0}\0", "invalid-json" },
        { "[{0}]", "not-an-object" }, { "\"{}\"", "not-an-object" }, { "12", "not-an-object" }, { "null", "not-an-object" },
        { "", "invalid-json" }, { " ", "invalid-json" }, { "{", "invalid-json" }, { "/**/{0}", "invalid-json" },
        { "<event/>", "invalid-json" }, { "specversion=1.0", "invalid-json" }, { "{}", "attribute-missing" },
    };

    [Theory, MemberData(nameof(Forms))]
    public async Task A_body_that_is_no_event_says_why(string form, string code)
    {
        var body = form.Replace("{0}", Sample.Event("form", "crm/form").ToJsonString(), StringComparison.Ordinal);
        using var answer = await SendAsync(Structured, Encoding.UTF8.GetBytes(body));
        await AssertAnswer(answer, 400, code);
    }

    [Theory]
    [InlineData("0.3", 400)]
    [InlineData("2.0", 400)]
    [InlineData("1.0 ", 400)]
    [InlineData("1.0", 202)]
    public async Task Only_version_1_0_is_taken(string version, int status)
    {
        using var answer = await system.PostOneAsync(Sample.Event($"v{version}", "crm/version").With("specversion", version));
        await AssertAnswer(answer, status, "specversion-unsupported");
    }

    [Fact]
    public async Task Times_of_every_kind_are_stored_as_they_were_meant_or_parked_or_refused()
    {
        var account = await system.RegisterAsync("crm", "times");
        var now = TimeProvider.System.GetUtcNow();
        (string Time, string Outcome)[] times =
        [
            ("2026-03-01T10:00:00Z", "2026-03-01 10:00:00"), ("2026-03-01t10:00:00.1234567z", "2026-03-01 10:00:00.123456"),
            ("2026-03-01T10:00:00+14:01", "2026-02-28 19:59:00"), ("2026-03-01T10:00:00-00:00", "2026-03-01 10:00:00"),
            ("2025-06-30T23:59:60Z", "2025-06-30 23:59:59.999999"), ("2024-02-29T00:00:00Z", "2024-02-29 00:00:00"),
            ("2026-02-30T10:00:00Z", "time-invalid"), ("2026-03-01T24:00:00Z", "time-invalid"), ("2026-03-01T10:00:00", "time-invalid"),
            ("10000-01-01T00:00:00Z", "time-invalid"), ("0001-01-01T00:00:00Z", "time-invalid"), ("1969-12-31T23:59:59Z", "time-invalid"),
            ("1970-01-01T00:00:00Z", "time-too-old"), ("9999-12-31T23:59:59.9999999Z", "time-in-future"),
            ($"{now.AddHours(24).AddMinutes(-1):yyyy-MM-ddTHH:mm:ssZ}", "counted"), ($"{now.AddHours(24).AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}", "time-in-future"),
            ($"{now.AddYears(-5).AddMinutes(1):yyyy-MM-ddTHH:mm:ssZ}", "counted"), ($"{now.AddYears(-5).AddMinutes(-1):yyyy-MM-ddTHH:mm:ssZ}", "time-too-old"),
        ];
        var (_, answer) = await system.SendAsync([.. times.Select((t, i) => Sample.Event($"time-{i}", "crm/times", t.Time))]);
        foreach (var (i, (time, outcome)) in times.Index())
        {
            var item = answer.Item(i);
            if (item.Text("code") is { } code)
                Assert.Equal((time, outcome), (time, code));
            else if (outcome != "counted")
                Assert.Equal((time, outcome), (time, await system.ScalarAsync<string>(
                    "select (occurred_at at time zone 'UTC')::text from engagement.usage_event where account_id = $1 and id = $2", account, $"time-{i}")));
        }

        // Even the oldest can be counted by a replay.
        foreach (var parked in (await system.ParkedAsync("time-too-old")).Where(p => p.Text("eventId")!.StartsWith("time-", StringComparison.Ordinal)))
        {
            using var replayed = await system.Ops.PostAsync(
                $"/v1/parked-events/{parked.GetProperty("id").GetRawText()}/replay", null, TestContext.Current.CancellationToken);
            Assert.Equal("counted", (await replayed.JsonAsync()).Text("status"));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string contentType, byte[] body, bool chunked = false, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new ByteArrayContent(body) };
        if (contentType.Length > 0)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (encoding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        if (chunked)
        {
            request.Content.Headers.ContentLength = null;
            request.Headers.TransferEncodingChunked = true;
        }

        request.Headers.ExpectContinue = body.Length > 1 << 20;
        return await system.Publisher.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Where it is refused: problem details with the code.</summary>
    private static async Task AssertAnswer(HttpResponseMessage answer, int status, string codeIfRefused)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == (int)answer.StatusCode, $"{status} expected, not {(int)answer.StatusCode}: {text}");
        if (status < 400)
            return;
        Assert.Equal(new MediaTypeHeaderValue("application/problem+json"), answer.Content.Headers.ContentType);
        Assert.Equal(codeIfRefused, JsonElement.Parse(text).Text("code"));
    }
}
