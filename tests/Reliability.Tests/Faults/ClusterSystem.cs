using CsPlatform.Local;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Injuries;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>The system on a RabbitMQ of three nodes behind one address, each of which a test can hurt.</summary>
public sealed class ClusterSystem : FaultSystem
{
    private readonly StateDirectory state = new(Directory.CreateTempSubdirectory("csplatform-cluster-").FullName);
    private RabbitCluster? cluster;
    private Balancer? clients, administrators;

    public RabbitCluster Cluster => cluster!;

    protected override bool HasOwnServers => false;

    /// <summary>The node that leads this queue.</summary>
    /// <param name="but">Not this one: it is gone, and the management API may not know yet.</param>
    public async Task<int> LeaderAsync(string queue, int but = 0)
    {
        using var admin = new BrokerAdmin(administrators!.Address);
        var leader = 0;
        await Eventually.HoldsAsync(async () =>
        {
            var queues = await admin.QueuesAsync(Platform.VirtualHost, CancellationToken.None);
            var name = queues.SingleOrDefault(q => q.Name == queue)?.Leader;
            leader = Enumerable.Range(1, RabbitCluster.Size).FirstOrDefault(
                n => name?.EndsWith($"@{RabbitCluster.AddressOf(n)}", StringComparison.Ordinal) == true);
            return leader != 0 && leader != but;
        });
        return leader;
    }

    protected override async Task<ServerConnections> AcquireServersAsync()
    {
        var shared = await base.AcquireServersAsync();
        cluster = await RabbitCluster.StartAsync(state);
        (clients, administrators) = (new(cluster.Amqp), new(cluster.Management));
        return shared with { Amqp = clients.Address, Management = administrators.Address };
    }

    protected override async Task ReleaseServersAsync()
    {
        foreach (var balancer in new[] { clients, administrators }.OfType<Balancer>())
            await balancer.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
        state.Delete();
        await base.ReleaseServersAsync();
    }
}
