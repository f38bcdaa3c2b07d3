using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using MassTransit;

namespace CsPlatform.Architecture.Tests;

/// <summary>The code says on the bus what Topology says: broker permissions and AsyncAPI are made from that.</summary>
public sealed class TopologyTests
{
    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    [Theory, MemberData(nameof(Services))]
    public void Service_hears_what_the_topology_says(string service)
    {
        using var compiled = Compile(service);

        Assert.Equal(Names(Of(service).Consumes), compiled.Heard.Order(StringComparer.Ordinal));
        Assert.Empty(compiled.Consumers);
    }

    [Theory, MemberData(nameof(Services))]
    public void Service_publishes_what_the_topology_says_and_only_its_publisher_does(string service)
    {
        using var compiled = Compile(service);
        var messages = Topology.Services.SelectMany(x => x.Publishes).Select(x => x.FullName).ToHashSet();
        var made = compiled.Made.Where(x => messages.Contains(x.Key)).ToList();

        Assert.Equal(Names(Of(service).Publishes), made.Select(x => x.Key).Order(StringComparer.Ordinal));
        Assert.All(made.SelectMany(x => x), x => Assert.EndsWith("Publisher", x, StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_has_one_publisher_and_somebody_who_hears_it()
    {
        var published = Topology.Services.SelectMany(x => x.Publishes).ToList();

        Assert.Equal(published.Distinct(), published);
        Assert.Equal(Names(published), Names(Topology.Services.SelectMany(x => x.Consumes).Distinct()));
    }

    [Fact]
    public void Hearing_consumer_and_publisher_outside_the_topology_would_be_seen()
    {
        using var compiled = new Compiled("CsPlatform.Architecture.Tests");

        Assert.Equal([nameof(SampleConsumer)], compiled.Consumers);
        Assert.Equal(Names([typeof(CsmAssigned), typeof(StageEntered)]), compiled.Heard.Order(StringComparer.Ordinal));
        Assert.Equal([nameof(SampleNotifier)], compiled.Made[typeof(StageEntered).FullName!]);
    }

    internal static Compiled Compile(string service) =>
        new($"CsPlatform.{char.ToUpperInvariant(service[0])}{service[1..]}");

    private static ServiceTopology Of(string service) => Topology.Services.Single(x => x.Name == service);

    private static IEnumerable<string> Names(IEnumerable<Type> types) =>
        types.Select(x => x.FullName!).Order(StringComparer.Ordinal);

    /// <summary>A consumer past the hearings.</summary>
    private sealed class SampleConsumer : IConsumer<CsmAssigned>
    {
        public Task Consume(ConsumeContext<CsmAssigned> context) => Task.CompletedTask;
    }

    /// <summary>Hears what no service of the topology does here.</summary>
    private static void HearSamples(Hearings bus)
    {
        bus.Hear<CsmAssigned>(m => m.AccountId, (_, _, _, _) => Task.CompletedTask);
        bus.Queue("slow").HearBatch<StageEntered, SampleConsumer>(
            1, TimeSpan.FromSeconds(1), 1, (_, _, _) => Task.CompletedTask);
    }
}

/// <summary>Makes a message without being a publisher.</summary>
internal static class SampleNotifier
{
    public static object Notice(Guid account, DateTimeOffset now) => new StageEntered(account, "adoption", 1, now);
}
