using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Injuries;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// Nodes of RabbitMQ go, are drained, or see each other no more: what was confirmed is at the majority, and all goes on
/// with those that are left.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class ClusterTests(ClusterSystem system) : IClassFixture<ClusterSystem>
{
    private const string Expected = "HTTP intake goes on; what was confirmed is at the majority; all goes on with the nodes that are left";
    private const string Queue = "engagement.usage-events";

    private static readonly TimeSpan NodeLossMax = TimeSpan.FromSeconds(15), RecoveryMax = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Ending.Crashed, "A node of RabbitMQ killed, the leader of a queue", true)]
    [InlineData(Ending.Stopped, "A node of RabbitMQ stopped, the leader of a queue", false)]
    public async Task The_loss_of_a_node_loses_nothing_that_was_confirmed(Ending how, string fault, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        var lost = await system.LeaderAsync(Queue);
        try
        {
            var recovery = await system.SufferAsync(fault, Expected,
                () => system.Cluster.EndAsync(lost, how),
                _ => Task.CompletedTask, // it stays away: the time counts from its end
                () => Task.CompletedTask);

            await system.UntilAnotherLeadsAsync(Queue, lost);
            recovery.AssertWithin(NodeLossMax);
        }
        finally
        {
            await system.Cluster.StartAsync(lost);
        }
    }

    [Fact]
    public async Task A_node_that_is_drained_for_maintenance_hands_over_its_queues_and_clients()
    {
        FaultSystem.NeedSoak();
        var drained = await system.LeaderAsync(Queue);
        try
        {
            var recovery = await system.SufferAsync("A node of RabbitMQ drained", Expected,
                () => system.Cluster.DrainAsync(drained, on: true),
                TakesAsync,
                () => Task.CompletedTask);

            await system.UntilAnotherLeadsAsync(Queue, drained);
            recovery.AssertWithin(NodeLossMax);
        }
        finally
        {
            await system.Cluster.DrainAsync(drained, on: false);
        }
    }

    [Fact]
    public async Task A_node_that_the_others_see_no_more_pauses_and_comes_back()
    {
        FaultSystem.NeedSoak();
        Network.Need();
        var alone = await system.LeaderAsync(Queue);
        var recovery = await system.SufferAsync("A node of RabbitMQ cut off from the others", Expected,
            () => Network.CutOffAsync(RabbitCluster.AddressOf(alone)),
            async probe =>
            {
                await Task.WhenAll(TakesAsync(probe), system.UntilPausedAsync(alone));
                await system.UntilAnotherLeadsAsync(Queue, alone);
            },
            Network.HealAsync);

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task All_nodes_at_once_go_and_come_back()
    {
        FaultSystem.NeedSoak();
        var all = Enumerable.Range(1, RabbitCluster.Size).ToList();
        var recovery = await system.SufferAsync("All nodes of RabbitMQ killed and started", Expected,
            () => Task.WhenAll(all.Select(node => system.Cluster.EndAsync(node, Ending.Crashed))),
            TakesAsync,
            () => Task.WhenAll(all.Select(node => system.Cluster.StartAsync(node))));

        recovery.AssertWithin(RecoveryMax);
    }

    private static Task TakesAsync(Probe probe) => probe.TakesAsync(FaultSystem.Lasts(8, 40));
}
