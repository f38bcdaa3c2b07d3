using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// <c>/alive</c>: the process answers. <c>/health</c>: it can work, that is PostgreSQL and the bus are reached and, on the
/// replica that leads it, the daemon runs; a service adds what else it reads, under the tag "ready".
/// </summary>
internal static class Readiness
{
    public static void AddReadiness(this IHostApplicationBuilder builder) => builder.Services.AddHealthChecks()
        .AddCheck("self", () => HealthCheckResult.Healthy(), ["live"])
        .AddCheck<Database>("postgresql", tags: ["ready"], timeout: TimeSpan.FromSeconds(3))
        .AddCheck<Daemon>("daemon", tags: ["ready"]);

    public static void MapReadiness(this WebApplication app)
    {
        app.MapHealthChecks("/alive", new() { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        // MassTransit adds its own check of the bus under the tags "ready" and "masstransit".
        app.MapHealthChecks("/health", new() { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = Write }).AllowAnonymous();
    }

    private static Task Write(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), e.Value.Description }),
    });

    private sealed class Database(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (Refusals.IsOutage(e) || e is OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy("not reached");
            }
        }
    }

    private sealed class Daemon(LeaderDaemon? daemon = null) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            daemon?.CheckHealthAsync(context, cancellationToken) ?? Task.FromResult(HealthCheckResult.Healthy("none"));
    }
}
