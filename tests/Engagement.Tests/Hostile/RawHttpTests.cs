using System.Text;
using System.Text.RegularExpressions;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// Requests that no honest client sends: read in one way only, or refused; never a 500, never a hang.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed partial class RawHttpTests(EngagementSystem system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

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
        var (answer, _) = await http.ReadAsync(Patience);

        Assert.Equal([400], Statuses(answer));
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
        Assert.InRange(Assert.Single(Statuses((await http.ReadAsync(Patience)).Text)), 400, 499);
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
        var (answer, _) = await http.ReadAsync(Patience);
        Assert.All(Statuses(answer), s => Assert.True(s is >= 400 and < 500 or 505, answer));
    }

    [Fact]
    public async Task Headers_beyond_what_is_taken_are_431()
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(Head($"X-Long: {new string('a', 40_000)}\r\nContent-Length: 0\r\n"));
        Assert.Equal([431], Statuses((await http.ReadAsync(Patience)).Text));
    }

    [Fact]
    public async Task Slow_headers_and_slow_bodies_are_cut_off_while_others_are_served()
    {
        var address = system.Platform.Address("engagement");
        await using var slowHeaders = await RawHttp.ConnectAsync(address);
        await slowHeaders.SendAsync("POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        await using var slowBody = await RawHttp.ConnectAsync(address);
        await slowBody.SendAsync(Head("Content-Length: 100000\r\n") + "{");
        var (headers, body) = (
            slowHeaders.ReadAsync(TimeSpan.FromSeconds(30)), slowBody.ReadAsync(TimeSpan.FromSeconds(30)));

        using var served = await system.PostOneAsync(Sample.Event("beside-the-slow", "crm/beside-the-slow"));
        Assert.Equal(202, (int)served.StatusCode);
        Assert.True((await headers).Closed);
        Assert.True((await body).Closed);
        Assert.Contains(408, Statuses((await body).Text));
    }

    [Theory]
    [InlineData("%41%2541", "A%41")] // once, not again
    [InlineData("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀")]
    [InlineData("%e2%82%ac", "€")]
    [InlineData("e%CC%81", "e\u0301")]
    [InlineData("\u00C3\u00A9", "é")] // not encoded: the bytes of UTF-8
    [InlineData("\"a \\\"b\\\\%20c\"", "a \"b\\ c")]
    [InlineData("a+b", "a+b")]
    public async Task A_header_is_unquoted_and_decoded_once(string header, string text)
    {
        var key = Convert.ToHexString(Encoding.UTF8.GetBytes(text));
        await system.RegisterAsync("crm", key);
        Assert.Equal([202], Statuses(await SendBinaryAsync(header, $"crm/{key}")));
        Assert.NotNull(await system.StoredAsync(EngagementSystem.Source, text));
    }

    [Theory]
    [InlineData("a%00", "nul-character")]
    [InlineData("a%0D%0ASet-Cookie:%20stolen=1", "attribute-invalid")]
    [InlineData("a%C2%85", "attribute-invalid")]
    [InlineData("%FF", "attribute-invalid")]
    [InlineData("%C0%A0", "attribute-invalid")] // a space, in a byte too many
    [InlineData("%ED%A0%80", "attribute-invalid")] // half of a surrogate pair
    [InlineData("%E2%82", "attribute-invalid")]
    [InlineData("100%", "attribute-invalid")]
    [InlineData("%4", "attribute-invalid")]
    [InlineData("%zz", "attribute-invalid")]
    [InlineData("%+1", "attribute-invalid")]
    [InlineData("a\"b", "attribute-invalid")]
    [InlineData("\"a", "attribute-invalid")]
    [InlineData("\"a\\\"", "attribute-invalid")]
    [InlineData("\"\"", "attribute-invalid")]
    public async Task A_header_that_can_be_read_in_two_ways_or_not_at_all_is_refused(string header, string code)
    {
        var answer = await SendBinaryAsync(header, "crm/undecoded");
        Assert.Equal([400], Statuses(answer));
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("application/xml", "{}")]
    [InlineData("application/octet-stream", "{}")]
    [InlineData("application/json", "<a/>")]
    public async Task A_body_in_binary_mode_that_is_no_JSON_is_refused(string contentType, string body) =>
        Assert.Contains(
            "\"code\":\"data-not-json\"", await SendBinaryAsync("no-json", "crm/undecoded", contentType, body),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_attribute_that_comes_twice_is_refused()
    {
        Assert.Equal([400], Statuses(await SendBinaryAsync("one\r\nCE-ID: two", "crm/twice")));
    }

    private async Task<string> SendBinaryAsync(
        string id, string subject, string contentType = "application/json", string body = "{}")
    {
        await using var http = await RawHttp.ConnectAsync(system.Platform.Address("engagement"));
        await http.SendAsync(
            $"POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {Token}\r\n"
            + $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\nce-specversion: 1.0\r\nce-type: t\r\nce-source: app\r\n"
            + $"ce-subject: {subject}\r\nce-id: {id}\r\n\r\n{body}");
        return (await http.ReadAsync(Patience)).Text;
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
