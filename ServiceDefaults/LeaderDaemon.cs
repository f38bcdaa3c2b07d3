using JasperFx;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Runs the store's projections and the outbox on exactly one replica, the one that leads. When it loses the lead the
/// daemon stops, and the replicas try anew.
/// </summary>
internal sealed partial class LeaderDaemon(
    IDocumentStore store, StoreSetup setup, ReadModelRebuilds rebuilds,
    ILogger<LeaderDaemon> log) : BackgroundService, IHealthCheck
{
    internal const long LockKey = 0x6373_706c_6561_6400; // any number, the same in every replica

    private static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(2);

    private volatile IProjectionDaemon? running;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (running is not { } daemon)
            return Task.FromResult(HealthCheckResult.Healthy("another replica leads"));

        var stopped = StoppedShards(daemon).ToList();
        return Task.FromResult(stopped.Count == 0
            ? HealthCheckResult.Healthy("leads")
            : HealthCheckResult.Unhealthy($"stopped: {string.Join(", ", stopped)}"));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leadership.Hold(setup.ConnectionString, LockKey, "daemon-leader", Lead, log, stoppingToken);

    private async Task Lead(CancellationToken cancellationToken)
    {
        using var daemon = await store.BuildProjectionDaemonAsync();
        try
        {
            await daemon.StartAllAsync();
            running = daemon;
            LogLeads();
            CrashPoint.Reach("daemon-led");
            using var everySoOften = new PeriodicTimer(RestartInterval);
            while (await everySoOften.WaitForNextTickAsync(cancellationToken))
            {
                await rebuilds.Advance(daemon, cancellationToken);
                foreach (var shard in StoppedShards(daemon).ToList())
                {
                    // Any fault stops a shard, a passing one too, e.g. one refused connection: nobody else starts it again.
                    LogStartsAgain(shard);
                    await daemon.StartAgentAsync(shard, cancellationToken);
                }
            }
        }
        finally
        {
            running = null;
            await daemon.StopAllAsync();
        }
    }

    private IEnumerable<string> StoppedShards(IProjectionDaemon daemon) =>
        ((DocumentStore)store).Options.Projections.AllShards().Select(s => s.Name.Identity)
        .Where(shard => daemon.StatusFor(shard) != AgentStatus.Running);

    [LoggerMessage(Level = LogLevel.Information, Message = "This replica leads the daemon")]
    private partial void LogLeads();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Shard} of the daemon has stopped; starting it again")]
    private partial void LogStartsAgain(string shard);
}
