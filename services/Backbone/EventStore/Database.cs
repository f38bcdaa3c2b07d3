using System.Diagnostics;
using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>The service's own connections to PostgreSQL.</summary>
internal static class Database
{
    /// <summary>The data source of the service, and its part of <c>/health</c>.</summary>
    public static void AddDatabase(this WebApplicationBuilder builder, string service)
    {
        var connectionString = builder.Configuration.RequiredConnectionString(service);
        var isWatched = builder.IsWatched();
        builder.Services.AddSingleton(_ => Source(connectionString, service, isWatched));
        // MassTransit adds its own check of the bus under the tags "ready" and "masstransit".
        builder.Services.AddHealthChecks()
            .AddCheck<IsReached>("postgresql", tags: ["ready"], timeout: TimeSpan.FromSeconds(3));
    }

    /// <summary>
    /// The server ends what a client left open that fell silent, in a transaction, a COPY or a wait for a lock. By TCP
    /// alone it would hold that client's locks for hours, and who tries the same again would wait for them.
    /// </summary>
    private const string EndOfSilentClients =
        "-c idle_in_transaction_session_timeout=10s -c client_connection_check_interval=5s "
        + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    /// <param name="connectionString">The database, as the runtime role.</param>
    /// <param name="service">What PostgreSQL shows as the application.</param>
    /// <param name="isWatched">Whether spans go anywhere: then they get names.</param>
    private static NpgsqlDataSource Source(string connectionString, string service, bool isWatched)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName = service;
        settings.Options = $"{EndOfSilentClients} {settings.Options}".TrimEnd();
        settings.MaxAutoPrepare = 200; // the same few statements again and again
        builder.ConfigureTracing(tracing =>
        {
            tracing.EnablePhysicalOpenTracing(false).EnableFirstResponseEvent(false)
                .ConfigureCommandFilter(_ => IsCaused())
                .ConfigureBatchFilter(_ => IsCaused())
                .ConfigureCopyOperationFilter(_ => IsCaused());
            if (isWatched)
                tracing
                    .ConfigureCommandSpanNameProvider(command => SqlNames.Of(command.CommandText))
                    .ConfigureBatchSpanNameProvider(batch =>
                        SqlNames.Of(batch.BatchCommands.Cast<NpgsqlBatchCommand>().Select(c => c.CommandText)))
                    .ConfigureCopyOperationSpanNameProvider(SqlNames.Of)
                    .ConfigureCommandEnrichmentCallback((span, _) => NamePeer(span))
                    .ConfigureBatchEnrichmentCallback((span, _) => NamePeer(span))
                    .ConfigureCopyOperationEnrichmentCallback((span, _) => NamePeer(span));
        });
        return builder.Build();
    }

    /// <summary>A command has a span below what caused it. What polls has no cause, and so no span.</summary>
    private static bool IsCaused() => Activity.Current is { Recorded: true };

    /// <summary>By its address a dashboard would take any database of the server for the one that was asked.</summary>
    private static void NamePeer(Activity span) => span.SetTag("peer.service", "postgres");

    private sealed class IsReached(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = database.CreateCommand("select 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (Faults.IsOutage(e) || e is OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy("not reached");
            }
        }
    }
}
