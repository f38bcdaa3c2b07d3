using JasperFx;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Runs the store's projections and the outbox on exactly one replica, the one that leads. When it loses the lead the
/// daemon stops, and the replicas try anew.
/// </summary>
internal sealed partial class LeaderDaemon(
    IDocumentStore store, StoreSetup setup, ILogger<LeaderDaemon> log) : BackgroundService, IHealthCheck
{
    internal const long LockKey = 0x6373_706c_6561_6400; // any number, the same in every replica

    private volatile IProjectionDaemon? running;

    /// <summary>True on the replica that runs the daemon.</summary>
    public bool Leads => running is not null;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (running is not { } daemon)
            return Task.FromResult(HealthCheckResult.Healthy("another replica leads"));

        var stopped = daemon.CurrentAgents().Where(a => a.Status != AgentStatus.Running).Select(a => a.Name.Identity).ToList();
        return Task.FromResult(stopped.Count == 0
            ? HealthCheckResult.Healthy("leads")
            : HealthCheckResult.Unhealthy($"stopped: {string.Join(", ", stopped)}"));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leadership.Hold(setup.ConnectionString, LockKey, "daemon-leader", Lead, log, stoppingToken);

    private async Task Lead(NpgsqlConnection held, CancellationToken cancellationToken)
    {
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        running = daemon;
        LogLeads();
        try
        {
            await using var ping = new NpgsqlCommand("select 1", held);
            using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (await everySecond.WaitForNextTickAsync(cancellationToken))
                await ping.ExecuteScalarAsync(cancellationToken);
        }
        finally
        {
            running = null;
            await daemon.StopAllAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This replica leads the daemon")]
    private partial void LogLeads();
}
