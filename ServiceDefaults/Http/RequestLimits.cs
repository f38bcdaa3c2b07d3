using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// What no caller may exceed on any route, whatever it is about; a route may allow its own body size.
/// </summary>
internal static class RequestLimits
{
    /// <summary>
    /// <c>Http__RequestBytes</c> of a body (1 MiB), <c>Http__HeadersTimeoutSeconds</c> until all headers must be there
    /// (15), <c>Http__Connections</c> at a time (5,000). A body that trickles in below 240 bytes a second for more than
    /// five seconds ends with 408; headers have at most 32 KiB.
    /// </summary>
    public static void AddRequestLimits(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        var bodyBytes = settings.Number("Http:RequestBytes", 1 << 20, min: 1 << 10, max: 1 << 30);
        var headersTimeoutSeconds = settings.Number("Http:HeadersTimeoutSeconds", 15, min: 1, max: 600);
        var connections = settings.Number("Http:Connections", 5_000, min: 10, max: 1_000_000);
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.AddServerHeader = false;
            o.Limits.MaxRequestBodySize = bodyBytes;
            o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(headersTimeoutSeconds);
            o.Limits.MaxConcurrentConnections = connections;
        });
    }

    /// <summary>
    /// Bodies travel as they are and JSON as UTF-8. Nothing is unpacked, so no small body can grow into a large one; in
    /// another encoding the framework would replace what it cannot read without a word.
    /// </summary>
    public static void UsePlainBodies(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.Request.Headers.ContentEncoding.Count > 0)
            throw Unsupported("Send the body without Content-Encoding.");
        if (MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            && IsJson(type) && type.Charset.HasValue
            && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw Unsupported("JSON is sent as UTF-8.");
        await next(http);
    });

    /// <summary>The empty id is nobody's: streams are not even asked for it.</summary>
    public static void UseNoEmptyIds(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.Request.RouteValues.Values.Any(v => v is string text && Guid.TryParse(text, out var id)
            && id == Guid.Empty))
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await next(http);
    });

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
        || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

    private static RefusedException Unsupported(string message) =>
        new("content-type-unsupported", message, StatusCodes.Status415UnsupportedMediaType);
}
