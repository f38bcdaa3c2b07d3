using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>
/// Three nodes that are one broker, for tests of what the platform does when one of them goes, or does not see the
/// others. Each has its own ports, and its data in its own folder.
/// </summary>
public sealed class RabbitCluster : IAsyncDisposable
{
    /// <summary>Nodes; they are numbered from 1.</summary>
    public const int Size = 3;

    private readonly ChildProcess epmd;
    private readonly int epmdPort;
    private readonly StateDirectory[] states;
    private readonly RabbitServer[] nodes = new RabbitServer[Size];

    private RabbitCluster(ChildProcess epmd, int epmdPort, StateDirectory[] states) =>
        (this.epmd, this.epmdPort, this.states) = (epmd, epmdPort, states);

    /// <summary>Where each node listens for clients; stays when it is started again.</summary>
    public IReadOnlyList<Uri> Amqp => [.. nodes.Select(n => n.Amqp)];

    /// <summary>Where each node answers the management API.</summary>
    public IReadOnlyList<Uri> Management => [.. nodes.Select(n => n.Management)];

    /// <summary>The address from which a node talks with the others, and at which it hears them.</summary>
    public static string AddressOf(int node) => RabbitNode.AddressOf(node);

    /// <summary>Starts all nodes, empty, as one broker.</summary>
    /// <param name="state">Of the cluster alone.</param>
    /// <exception cref="LocalException">One did not start.</exception>
    public static async Task<RabbitCluster> StartAsync(
        StateDirectory state, CancellationToken cancellationToken = default)
    {
        var states = Enumerable.Range(1, Size).Select(n => new StateDirectory(state.Path($"node{n}"))).ToArray();
        foreach (var one in states)
            RabbitServer.Share(state, one);
        var epmdPort = state.Port(RabbitServer.EpmdName);
        var epmd = RabbitServer.StartEpmd(
            state, $"{epmdPort}", string.Join(',', Enumerable.Range(1, Size).Select(AddressOf)));
        var cluster = new RabbitCluster(epmd, epmdPort, states);
        try
        {
            for (var node = 1; node <= Size; node++) // the first makes the cluster, the others join it
                await cluster.StartAsync(node, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task EndAsync(int node, Ending how) => nodes[node - 1].EndAsync(how);

    /// <summary>After an end, on the same data; returns when it answers.</summary>
    public async Task StartAsync(int node, CancellationToken cancellationToken = default) =>
        nodes[node - 1] = await RabbitServer.StartAsync(states[node - 1], cancellationToken, new(node, Size, epmdPort));

    /// <summary>
    /// Into maintenance, as before an upgrade: it closes its listeners and its clients' connections, and others lead
    /// its queues. Or back.
    /// </summary>
    public Task DrainAsync(int node, bool on, CancellationToken cancellationToken = default) =>
        nodes[node - 1].RunAsync("rabbitmq-upgrade", [on ? "drain" : "revive"], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(nodes.Where(n => n is not null).Select(n => n.EndAsync(Ending.Crashed)));
        await epmd.DisposeAsync();
    }
}
