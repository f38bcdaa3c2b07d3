using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// Bodies of every kind over HTTP: a size, an encoding or a form that is not taken has its status and code.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed class HttpHostileTests(EngagementSystem system)
{
    private const string Structured = "application/cloudevents+json", Batch = "application/cloudevents-batch+json";
    private static readonly UsageLimits Limits = new();

    [Theory]
    [InlineData(-1, 202)]
    [InlineData(0, 202)]
    [InlineData(1, 413)]
    public async Task A_request_that_tells_no_length_has_its_size_too(int over, int status)
    {
        var events = new JsonArray(
            [.. Enumerable.Range(0, 3).Select(i => Sample.Event($"size-{over}-{i}", "crm/size"))]);
        var body = Encoding.UTF8.GetBytes(events.ToJsonString().PadRight(Limits.RequestBytes + over));
        using var answer = await SendAsync(Batch, body, chunked: true);
        await AssertAnswer(answer, status, "request-too-large");
    }

    [Theory]
    [InlineData("application/cloudevents+json; charset=utf-8", 202)]
    [InlineData("application/cloudevents+json; charset=\"UTF-8\"", 202)]
    [InlineData("APPLICATION/CloudEvents+JSON", 202)]
    [InlineData("application/cloudevents+json; charset=utf-7", 415)]
    [InlineData("application/cloudevents+json; charset=latin1", 415)]
    [InlineData("application/cloudevents+json; charset=", 415)]
    [InlineData("application/cloudevents+json, text/plain", 415)]
    [InlineData("application/x-ndjson", 415)]
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
        string contentType, byte[] body, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
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
