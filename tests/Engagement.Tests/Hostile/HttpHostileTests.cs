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

    [Fact]
    public async Task An_array_where_one_event_is_announced_is_refused()
    {
        var body = Encoding.UTF8.GetBytes($"[{Sample.Event("announced", "crm/announced").ToJsonString()}]");
        using var answer = await SendAsync(Structured, body);
        await AssertAnswer(answer, 400, "not-an-object");
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
