using System.Collections.Concurrent;
using CsPlatform.Local;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests;

/// <summary>
/// All five services on a replay clock, and where tests hurt the servers too, on a PostgreSQL and a RabbitMQ of their
/// own. Clients write down what they send, a subscriber keeps what it receives, and an oracle judges.
/// </summary>
public class ReliabilitySystem() : SystemFixture()
{
    public const string Source = "/products/reliability";

    // Read at each start of a service: a killed one comes back at the time it had.
    private readonly ConcurrentDictionary<string, string> settings = new();
    private readonly StateDirectory serverState = NewState(
        $"ReliabilityServers_{Environment.ProcessId}_{Interlocked.Increment(ref made)}");
    private PrivateServers? servers;
    private AlertInbox? alerts;
    private Ledger? ledger;
    private AtRest? rest;
    private Holdings? holdings;
    private static int made;

    public Ledger Ledger => ledger!;
    public AlertInbox Alerts => alerts!;
    public Planted Planted { get; } = new();
    public Expected Expected { get; } = new();

    internal Holdings Holdings => holdings ??= new(this);

    /// <summary>The servers that only this system uses.</summary>
    public PrivateServers OwnServers => servers!;

    /// <summary>What PostgreSQL has said so far.</summary>
    public string PostgresLog => File.ReadAllText(serverState.LogFile("postgres"));

    /// <summary>True where tests hurt the servers, so that they must be nobody else's.</summary>
    protected virtual bool HasOwnServers => false;

    /// <summary>What the replay clock of every service shows.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Environment variables of every service from its next start on.</summary>
    public IDictionary<string, string> Settings => settings;

    protected override bool HasTap => false;

    protected override PlatformOptions Options => new()
    {
        ReplayClock = true,
        Publishers = new Dictionary<string, IReadOnlyList<string>> { ["publisher"] = [Source] },
        Settings = settings,
    };

    public override async ValueTask InitializeAsync()
    {
        ShowTime(Now);
        await base.InitializeAsync();
        await StartAsync([.. PlatformOptions.AllServices]);
        ledger = new(Path.Combine(serverState.Root, "ledger.jsonl"));
        alerts = await AlertInbox.StartAsync(Platform.Amqp("subscriber"));
        rest = new(this);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        rest?.Dispose();
        if (alerts is not null)
            await alerts.DisposeAsync();
        ledger?.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Moves the clock of every process, replicas too; services that are down start there.</summary>
    public async Task MoveToAsync(DateTimeOffset now)
    {
        Now = now;
        ShowTime(now);
        await Task.WhenAll(PlatformOptions.AllServices.Union(Platform.Started).Select(async process =>
        {
            using var ops = Client(process, Roles.Ops);
            await Persistently.DoAsync(async () =>
            {
                using var answer = await ops.PutAsJsonAsync("/dev/clock", new { now });
                return answer.IsSuccessStatusCode;
            });
        }));
    }

    /// <summary>The scheduled work of a service, done now; tried again where the service dies of it.</summary>
    public async Task SweepAsync(string service)
    {
        using var ops = Client(service, Roles.Ops);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await ops.PostAsync("/v1/sweeps", null);
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>kill -9, and a new start, by us or by whoever else starts again what died on the way.</summary>
    public async Task KillAndReviveAsync(string service)
    {
        await KillAsync(service);
        try
        {
            await RestartAsync(service);
        }
        // whoever else it was has put it away
        catch (Exception e) when (e is LocalException or InvalidOperationException)
        {
            using var client = Client(service);
            await Persistently.DoAsync(async () =>
            {
                using var answer = await client.GetAsync("/health");
                return answer.IsSuccessStatusCode;
            });
        }
    }

    /// <summary>Returns once no service, daemon, mark or queue has anything left to do.</summary>
    /// <exception cref="TimeoutException">Not in time; says who still works.</exception>
    public Task UntilAtRestAsync(TimeSpan? limit = null) => rest!.UntilAsync(limit ?? TimeSpan.FromSeconds(90));

    /// <summary>
    /// The queues that are not empty. The management API is seconds behind, so it is asked until all are.
    /// </summary>
    internal async Task<IReadOnlyList<string>> QueuesUntilEmptyAsync()
    {
        using var admin = new BrokerAdmin(Platform.Servers.Management);
        IReadOnlyList<string> left = [];
        await Persistently.TryAsync(async () =>
        {
            var queues = await admin.QueuesAsync(Platform.VirtualHost, CancellationToken.None);
            left = [.. queues.Where(q => q.Messages > 0).Select(q => $"{q.Name} has {q.Messages}")];
            return left.Count == 0;
        }, TimeSpan.FromSeconds(15));
        return left;
    }

    /// <summary>Stops every service, makes all read models anew, starts them again.</summary>
    public async Task RebuildAsync()
    {
        await Task.WhenAll(PlatformOptions.AllServices.Select(StopAsync));
        await Platform.RebuildAsync(PlatformOptions.AllServices);
        await Task.WhenAll(PlatformOptions.AllServices.Select(RestartAsync));
    }

    protected override async Task<ServerConnections> AcquireServersAsync()
    {
        if (!HasOwnServers)
            return await base.AcquireServersAsync();
        servers = await PrivateServers.StartAsync(serverState, _ => { });
        return servers.Connections;
    }

    protected override async Task ReleaseServersAsync()
    {
        if (!HasOwnServers)
            await base.ReleaseServersAsync();
        if (servers is not null)
            await servers.DisposeAsync();
        servers = null;
        serverState.Delete();
    }

    private void ShowTime(DateTimeOffset now) => settings["Clock__StartsAt"] = now.ToString("O");
}
