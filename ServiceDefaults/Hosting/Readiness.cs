using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// <c>/alive</c>: the process answers. <c>/health</c>: it can work, that is all is well that a program checks under the
/// tag "ready".
/// </summary>
internal static class Readiness
{
    public static void MapReadiness(this WebApplication app)
    {
        app.MapHealthChecks("/alive", new() { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        app.MapHealthChecks("/health", new()
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = Write,
        }).AllowAnonymous();
    }

    private static Task Write(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(
            e => e.Key, e => new { status = e.Value.Status.ToString(), e.Value.Description }),
    });
}
