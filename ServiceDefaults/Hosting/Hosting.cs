using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Scalar.AspNetCore;

namespace CsPlatform.ServiceDefaults;

/// <summary>What every program with an HTTP face switches on once: no database, no bus, no domain word.</summary>
public static class Hosting
{
    /// <summary>
    /// A builder whose content root is the program's own folder, wherever it is started from: there lies its
    /// <c>appsettings.json</c>, and there, with all below, .NET watches for changes of it. Started in <c>/</c> it would
    /// watch the whole file system, and hear of every write on the machine.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>
    /// Telemetry, health checks, HTTP resilience and discovery, problem details, strict JSON, authentication and
    /// access, rate limits, and the clock unless another one is there.
    /// </summary>
    /// <param name="builder">The program's builder.</param>
    /// <param name="service">Lower-case service name.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry(service);
        builder.Services.AddRefusals();
        builder.Services.AddStrictJson();
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        builder.AddRateLimits();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.AddRequestLimits();
    }

    /// <summary>
    /// The routes every program has: <c>/alive</c>, <c>/health</c>, <c>/v1/me</c>, <c>/openapi/v1.json</c>,
    /// <c>/scalar</c>.
    /// </summary>
    /// <param name="app">The program.</param>
    public static void MapServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UsePlainBodies();
        app.UseNoEmptyIds();
        app.MapReadiness();
        app.MapMe();
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference().AllowAnonymous();
    }

    /// <summary>
    /// A token bucket for each caller: <c>RateLimits__PerSecond</c> (1,000) with as many again in a burst.
    /// </summary>
    private static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var perSecond = builder.Configuration.Number("RateLimits:PerSecond", 1000, min: 1, max: 1_000_000);
        builder.Services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(
                    MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                context.HttpContext.Response.Headers.RetryAfter =
                    Math.Max(1, (int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
                RateLimitPartition.GetTokenBucketLimiter(
                    http.User.FindFirstValue("sub") ?? $"{http.Connection.RemoteIpAddress}",
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = 2 * perSecond,
                        TokensPerPeriod = perSecond,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    }));
        });
    }
}
