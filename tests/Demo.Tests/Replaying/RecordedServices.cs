using System.Text;

namespace CsPlatform.Demo.Tests.Replaying;

/// <summary>Five services that accept everything, are always idle, and remember what they were asked.</summary>
internal sealed class RecordedServices : HttpMessageHandler
{
    private readonly Lock gate = new();
    private readonly List<Asked> asked = [];

    /// <summary>Answers before the usual one, e.g. a refusal; null for the usual one.</summary>
    public Func<Asked, HttpResponseMessage?> Answer { get; init; } = _ => null;

    public IReadOnlyList<Asked> All { get { lock (gate) return [.. asked]; } }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var one = new Asked(request.Method.Method, request.RequestUri.Host, path,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Authorization?.Parameter);
        lock (gate)
            asked.Add(one);
        return Answer(one) ?? (path switch
        {
            "/dev/idle" => Json(HttpStatusCode.OK, """{"idle":true,"published":{},"consumed":{}}"""),
            "/dev/clock" => new(HttpStatusCode.NoContent),
            "/v1/events" => Json(HttpStatusCode.Accepted, """{"accepted":1,"repeated":0,"refused":0,"parked":0,"items":[]}"""),
            _ => Json(HttpStatusCode.OK, "{}"),
        });
    }

    public static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}

internal sealed record Asked(string Method, string Service, string Path, string Body, string? Token);
