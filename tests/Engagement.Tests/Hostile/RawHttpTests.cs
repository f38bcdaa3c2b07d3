using System.Text;
using System.Text.RegularExpressions;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>Requests that no honest client sends: read in one way only, or refused; never a 500, never a hang.</summary>
[Collection(nameof(EngagementSystem))]
public sealed partial class RawHttpTests(EngagementSystem system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "length and chunks", "Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n" },
        { "chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" },
        { "two lengths", "Content-Length: {length}\r\nContent-Length: 3\r\n" },
        { "a list of lengths", "Content-Length: {length}, 3\r\n" },
        { "a signed length", "Content-Length: +{length}\r\n" },
        { "a negative length", "Content-Length: -1\r\n" },
        { "a length in hex", "Content-Length: 0x10\r\n" },
        { "a length beyond 64 bits", "Content-Length: 99999999999999999999\r\n" },
        { "an unknown coding", "Transfer-Encoding: xchunked\r\nContent-Length: {length}\r\n" },
        { "chunked not last", "Transfer-Encoding: chunked, identity\r\n" },
        { "a space before the colon", "Content-Length : {length}\r\n" },
        { "a folded header", "Content-Length:\r\n {length}\r\n" },
        { "a NUL in a header", "X-Hidden: a\0b\r\nContent-Length: {length}\r\n" },
        { "two hosts", "Host: other\r\nContent-Length: {length}\r\n" },
        { "a header without colon", "Content-Length {length}\r\n" },
        { "a lone line feed in a header", "X-Hidden: a\nContent-Length: {length}\r\nX: y\r\n" },
    };

    /// <summary>The body holds a second request: whoever reads the length otherwise would find it.</summary>
    [Theory, MemberData(nameof(Ambiguous))]
    public async Task A_length_that_two_readers_read_differently_is_refused(string what, string framing)
    {
        var id = $"smuggled-{what.Replace(' ', '-')}";
        var inner = Request(Sample.Event(id + "-inner", "crm/smuggled").ToJsonString());
        var body = $"0\r\n\r\n{inner}";
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(Head(framing.Replace("{length}", $"{body.Length}", StringComparison.Ordinal)) + body);
        var (answer, _) = await http.ReadToEndAsync(Patience);

        Assert.DoesNotContain(Statuses(answer), s => s is < 400 or >= 500);
        Assert.Equal(0, await system.ScalarAsync<long>(
            "select (select count(*) from engagement.usage_claim where id like 'smuggled%')"));
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}XX0\r\n\r\n")]
    [InlineData("100000\r\n{}\r\n")]
    public async Task Broken_chunks_are_refused(string body)
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(Head("Transfer-Encoding: chunked\r\n") + body);
        var (answer, _) = await http.ReadToEndAsync(Patience);
        Assert.DoesNotContain(Statuses(answer), s => s is < 400 or >= 500);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://other/v1/events HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v1/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v1/accounts/%zz/days HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /v1/parked-events?reason=%00&after=%ff HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /v1/events HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    public async Task A_strange_request_line_is_a_4xx_or_the_end_of_the_connection(string request)
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(request);
        var (answer, closed) = await http.ReadToEndAsync(Patience);
        Assert.True(closed || answer.Length > 0);
        Assert.DoesNotContain(Statuses(answer), s => s is >= 500 and not 505);
    }

    [Fact]
    public async Task Headers_beyond_what_is_taken_are_431()
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(Head($"X-Long: {new string('a', 40_000)}\r\nContent-Length: 0\r\n"));
        Assert.Equal([431], Statuses((await http.ReadToEndAsync(Patience)).Text));
    }

    [Fact]
    public async Task Slow_headers_and_slow_bodies_are_cut_off_while_others_are_served()
    {
        var address = system.Platform.Address("engagement");
        await using var slowHeaders = await RawHttp.ConnectAsync(address);
        await slowHeaders.SendAsync("POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        await using var slowBody = await RawHttp.ConnectAsync(address);
        await slowBody.SendAsync(Head("Content-Length: 100000\r\n") + "{");
        var (headers, body) = (slowHeaders.ReadToEndAsync(TimeSpan.FromSeconds(30)), slowBody.ReadToEndAsync(TimeSpan.FromSeconds(30)));

        using var served = await system.PostOneAsync(Sample.Event("beside-the-slow", "crm/beside-the-slow"));
        Assert.Equal(202, (int)served.StatusCode);
        Assert.True((await headers).Closed);
        Assert.True((await body).Closed);
        Assert.Contains(408, Statuses((await body).Text));
    }

    [Fact]
    public async Task Line_breaks_in_an_attribute_do_not_become_headers()
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {Token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\nce-specversion: 1.0\r\nce-type: t\r\nce-source: app\r\n"
            + "ce-subject: crm/injected\r\nce-id: a%0D%0ASet-Cookie:%20stolen=1\r\n\r\n{}");
        var (answer, _) = await http.ReadToEndAsync(Patience);
        Assert.Equal([400], Statuses(answer));
        Assert.Contains("attribute-invalid", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_attribute_that_comes_twice_is_refused()
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {Token}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\nce-specversion: 1.0\r\nce-type: t\r\nce-source: app\r\n"
            + "ce-subject: crm/twice\r\nce-id: one\r\nCE-ID: two\r\n\r\n{}");
        Assert.Equal([400], Statuses((await http.ReadToEndAsync(Patience)).Text));
    }

    private string Token => system.Platform.Token(new(Roles.Publisher) { Sources = [EngagementSystem.Source] });

    private string Head(string framing) =>
        $"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\n"
        + $"Content-Type: application/cloudevents+json\r\n{framing}\r\n";

    private string Request(string json) => Head($"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n") + json;

    private static IReadOnlyList<int> Statuses(string answer) =>
        [.. StatusLine().Matches(answer).Select(m => int.Parse(m.Groups[1].ValueSpan, provider: null))];

    [GeneratedRegex(@"HTTP/1\.1 (\d{3})")]
    private static partial Regex StatusLine();
}
