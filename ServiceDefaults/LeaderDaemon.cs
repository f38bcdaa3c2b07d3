using JasperFx;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Runs the store's projections and the outbox on exactly one replica: the one that holds a session-level advisory lock
/// on a connection of its own. No transaction stays open, so nothing pins the vacuum horizon. When that connection is
/// lost the daemon stops, and the replicas try for the lock anew.
/// </summary>
internal sealed partial class LeaderDaemon(
    IDocumentStore store, StoreSetup setup, ILogger<LeaderDaemon> log) : BackgroundService, IHealthCheck
{
    private const long LockKey = 0x6373_706c_6561_6400; // any number, the same in every replica

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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Lead(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLost(e);
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
            }
        }
    }

    private async Task Lead(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(setup.ConnectionString)
        {
            Pooling = false,
            KeepAlive = 5,
            TcpKeepAlive = true,
            CommandTimeout = 3,
            ApplicationName = "daemon-leader",
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var tryLock = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!(bool)(await tryLock.ExecuteScalarAsync(cancellationToken))!)
            await everySecond.WaitForNextTickAsync(cancellationToken);

        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        running = daemon;
        LogLeads();
        try
        {
            await using var ping = new NpgsqlCommand("select 1", connection);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leadership of the daemon lost or not reached")]
    private partial void LogLost(Exception exception);
}
