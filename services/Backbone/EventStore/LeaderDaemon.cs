using CsPlatform.ServiceDefaults;
using JasperFx;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Runs the store's projections and the outbox on exactly one replica, the one that leads. When it loses the lead the
/// daemon stops, and the replicas try anew.
/// </summary>
internal sealed partial class LeaderDaemon : BackgroundService, IHealthCheck
{
    internal const long LockKey = 0x6373_706c_6561_6400; // any number, the same in every replica

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly IDocumentStore store;
    private readonly StoreSetup setup;
    private readonly ILogger<LeaderDaemon> log;
    private readonly ReadModelRebuilds rebuilds;
    private readonly Retellings retellings;
    private readonly ProgressWatch progress;
    private readonly IReadOnlyList<string> shards;
    private volatile IProjectionDaemon? running;

    public LeaderDaemon(
        IDocumentStore store, StoreSetup setup, ReadModelRebuilds rebuilds, Retellings retellings,
        NpgsqlDataSource database, IConfiguration configuration, TimeProvider clock, ILogger<LeaderDaemon> log)
    {
        (this.store, this.setup, this.rebuilds, this.retellings, this.log) = (store, setup, rebuilds, retellings, log);
        shards = [.. ((DocumentStore)store).Options.Projections.AllShards().Select(s => s.Name.Identity)];
        var limit = configuration.Number("Projections:StalledSeconds", 30, min: 5, max: 3_600);
        progress = new(database, setup.Service, TimeSpan.FromSeconds(limit), clock);
        progress.Publish();
    }

    /// <summary>
    /// A shard that has stopped is this process's fault, and 503. Progress that stands still is said with 200: most
    /// often somebody's open transaction or the broker holds it, which no restart and no other replica would change,
    /// while requests are taken and answered as ever.
    /// </summary>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(running is not { } daemon ? HealthCheckResult.Healthy("another replica leads")
            : StoppedShards(daemon).ToList() is { Count: > 0 } stopped
                ? HealthCheckResult.Unhealthy($"stopped: {string.Join(", ", stopped)}")
            : progress.Complaint is { } complaint ? HealthCheckResult.Degraded($"leads. {complaint}")
            : HealthCheckResult.Healthy("leads"));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Leadership.Hold(setup.ConnectionString, LockKey, "daemon-leader", Lead, log, stoppingToken);

    private async Task Lead(CancellationToken cancellationToken)
    {
        using var daemon = await store.BuildProjectionDaemonAsync();
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var retelling = retellings.TellWhileLeading(leading.Token);
        try
        {
            await daemon.StartAllAsync();
            running = daemon;
            LogLeads();
            CrashPoint.Reach("daemon-led");
            using var everySoOften = new PeriodicTimer(LookInterval);
            while (await everySoOften.WaitForNextTickAsync(cancellationToken))
            {
                await rebuilds.Advance(daemon, cancellationToken);
                foreach (var shard in StoppedShards(daemon).ToList())
                {
                    // Any fault stops a shard, a passing one too, e.g. one refused connection: nobody else starts it
                    // again.
                    LogStartsAgain(shard);
                    await daemon.StartAgentAsync(shard, cancellationToken);
                }
                await LookAtProgress(daemon, cancellationToken);
            }
        }
        finally
        {
            running = null;
            progress.Forget();
            await leading.CancelAsync();
            await daemon.StopAllAsync();
            await retelling;
        }
    }

    /// <summary>
    /// A shard whose agent is further than what is stored has done work of which nothing will be known: it begins again
    /// where stored progress stands.
    /// </summary>
    private async Task LookAtProgress(IProjectionDaemon daemon, CancellationToken cancellationToken)
    {
        // Read first: an agent moves on after its commit, so none is ever further than what is read later.
        var agents = daemon.CurrentAgents().ToDictionary(a => a.Name.Identity, a => a.Position);
        IReadOnlyList<Standstill> waiting;
        try
        {
            waiting = await progress.Look(shards, cancellationToken);
        }
        catch (Exception e) when (Faults.IsOutage(e))
        {
            LogNotSeen(e);
            progress.Forget();
            return;
        }
        foreach (var shard in waiting.Where(w => w.For > TimeSpan.Zero && agents.GetValueOrDefault(w.Shard) > w.At))
        {
            LogRunsAhead(shard.Shard, agents[shard.Shard], shard.At);
            await daemon.StopAgentAsync(shard.Shard);
            await daemon.StartAgentAsync(shard.Shard, cancellationToken);
        }
    }

    private IEnumerable<string> StoppedShards(IProjectionDaemon daemon) =>
        shards.Where(shard => daemon.StatusFor(shard) != AgentStatus.Running);

    [LoggerMessage(Level = LogLevel.Information, Message = "This replica leads the daemon")]
    private partial void LogLeads();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Shard} of the daemon has stopped; starting it again")]
    private partial void LogStartsAgain(string shard);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Shard} of the daemon believes to be at {Believed}, stored is {Stored}; starting it again")]
    private partial void LogRunsAhead(string shard, long believed, long stored);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The daemon's stored progress could not be read")]
    private partial void LogNotSeen(Exception exception);
}
