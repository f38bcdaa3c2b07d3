using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Telemetry;
using Scalar.AspNetCore;

namespace CsPlatform.ServiceDefaults;

/// <summary>What every service switches on once. Nothing here knows what the services are about.</summary>
public static class Hosting
{
    /// <summary>
    /// A builder whose content root is the program's own folder, wherever it is started from: there lies its
    /// <c>appsettings.json</c>, and there, with all below, .NET watches for changes of it. Started in <c>/</c> it would
    /// watch the whole file system, and hear of every write on the machine.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>
    /// Telemetry, health checks, HTTP resilience and discovery, problem details, strict JSON, authentication and access,
    /// rate limits, the clock, and the service's database as its runtime role.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Lower-case service name, also of its database and queue.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.AddClock(service); // read before anything uses it
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
        var connectionString = builder.Configuration.RequiredConnectionString(service);
        var isWatched = builder.IsWatched();
        builder.Services.AddSingleton(_ => Database.Source(connectionString, service, isWatched));
        builder.AddReadiness();
        builder.AddRateLimits();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.AddRequestLimits();
    }

    /// <summary>
    /// The routes every service has: <c>/alive</c>, <c>/health</c>, <c>/openapi/v1.json</c>, <c>/scalar</c>; in Development
    /// <c>/dev/idle</c>, and with a replay clock <c>/dev/clock</c> and <c>/dev/due</c>.
    /// </summary>
    /// <param name="app">The service.</param>
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
        app.Lifetime.ApplicationStopping.Register(() => CrashPoint.Reach("drain-begun"));
        app.MapFailedMessages(app.Services.GetRequiredService<StoreSetup>().Service);
        app.MapReadModels();
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference().AllowAnonymous();
        if (app.Environment.IsDevelopment())
            app.MapDevelopment();
    }

    /// <summary>True where history is played: Development, and <c>Clock__Replay=true</c>.</summary>
    /// <param name="builder">The service's builder.</param>
    private static bool IsReplay(this IHostApplicationBuilder builder) =>
        builder.Environment.IsDevelopment() && builder.Configuration.GetValue<bool>("Clock:Replay");

    /// <summary>
    /// The domain's clock is the <see cref="TimeProvider"/> that is injected. What belongs to the machine keeps real
    /// time: tokens (<see cref="Access"/>), schedules (<see cref="Schedule"/>), and here the circuit breakers of HTTP
    /// clients, which would stay open for as long as a clock stands.
    /// </summary>
    private static void AddClock(this IHostApplicationBuilder builder, string service)
    {
        if (!builder.IsReplay())
        {
            builder.Services.AddSingleton(TimeProvider.System);
            return;
        }
        var start = builder.Configuration.GetValue("Clock:StartsAt", DateTimeOffset.UnixEpoch.AddYears(30));
        var clock = new ReplayClock(start);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(
            services => ActivatorUtilities.CreateInstance<StoredClock>(services, clock, service));
        builder.Services.AddHostedService(services => services.GetRequiredService<StoredClock>());
        builder.Services.Replace(ServiceDescriptor.Transient(services =>
            new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System }
                .ConfigureTelemetry(services.GetRequiredService<IOptions<TelemetryOptions>>().Value)));
    }

    /// <summary>A token bucket for each caller: <c>RateLimits__PerSecond</c> (1,000) with as many again in a burst.</summary>
    private static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var perSecond = builder.Configuration.Number("RateLimits:PerSecond", 1000, min: 1, max: 1_000_000);
        builder.Services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.OnRejected = (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                context.HttpContext.Response.Headers.RetryAfter =
                    Math.Max(1, (int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(
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
