using System.Net.Sockets;
using CsPlatform.Local;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>The system on a RabbitMQ of three nodes behind one address, each of which a test can hurt.</summary>
public sealed class ClusterSystem : FaultSystem
{
    private readonly StateDirectory state = NewState($"Cluster_{Environment.ProcessId}");
    private RabbitCluster? cluster;
    private Balancer? clients, administrators;

    public RabbitCluster Cluster => cluster!;

    protected override bool HasOwnServers => false;

    /// <summary>The node that leads this queue.</summary>
    public async Task<int> LeaderAsync(string queue)
    {
        var leader = 0;
        await Eventually.HoldsAsync(async () => (leader = await LookForLeaderAsync(queue)) != 0);
        return leader;
    }

    /// <summary>Until another node leads it; the management API is seconds behind.</summary>
    public Task UntilAnotherLeadsAsync(string queue, int formerly) => Eventually.HoldsAsync(
        async () => await LookForLeaderAsync(queue) is not 0 and var leader && leader != formerly);

    /// <summary>Until the node takes no clients.</summary>
    public Task UntilPausedAsync(int node) => Eventually.HoldsAsync(async () =>
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Cluster.Amqp[node - 1].Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    });

    /// <summary>0 where none leads, or nobody answers.</summary>
    private async Task<int> LookForLeaderAsync(string queue)
    {
        using var admin = new BrokerAdmin(administrators!.Address);
        string? name = null;
        await Persistently.TryAsync(async () =>
        {
            var queues = await admin.QueuesAsync(Platform.VirtualHost, CancellationToken.None);
            name = queues.SingleOrDefault(q => q.Name == queue)?.Leader;
            return true;
        }, TimeSpan.FromSeconds(5));
        return Enumerable.Range(1, RabbitCluster.Size).FirstOrDefault(
            node => name?.EndsWith($"@{RabbitCluster.AddressOf(node)}", StringComparison.Ordinal) == true);
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
