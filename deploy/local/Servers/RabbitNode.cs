namespace CsPlatform.Local.Servers;

/// <summary>
/// A node's place in a cluster on one machine. Nodes know each other by host, so each has a loopback address of its own
/// for its talk with the others; a cut between those addresses is a cut between the nodes.
/// </summary>
/// <param name="Number">From 1.</param>
/// <param name="Size">Nodes of the cluster.</param>
/// <param name="EpmdPort">The port mapper's, which all share.</param>
internal sealed record RabbitNode(int Number, int Size, int EpmdPort)
{
    private const int First = 10; // 127.0.0.1 is everybody's

    public string Name => NameOf(Number);

    /// <summary>
    /// Lines of rabbitmq.conf. A node that sees no majority pauses, so that a cut leaves one broker, not two: quorum
    /// queues need the majority anyway.
    /// </summary>
    public string Configuration => $"""
        cluster_formation.peer_discovery_backend = classic_config
        {string.Join('\n', Enumerable.Range(1, Size)
            .Select(n => $"cluster_formation.classic_config.nodes.{n} = {NameOf(n)}"))}
        cluster_partition_handling = pause_minority
        """;

    /// <summary>
    /// Arguments of the runtime: it listens at this address, and calls from it. Another node that says nothing for ten
    /// seconds is gone; by default that takes a minute, longer than a test's cut.
    /// </summary>
    public string Arguments =>
        $"-kernel inet_dist_use_interface {Tuple} inet_dist_connect_options [{{ip,{Tuple}}}] net_ticktime 10";

    public static string AddressOf(int number) => $"127.0.0.{First + number}";

    private string Tuple => $"{{127,0,0,{First + Number}}}";

    // The port mapper knows nodes by what is before the address.
    private static string NameOf(int number) => $"csplatform{number}@{AddressOf(number)}";
}
