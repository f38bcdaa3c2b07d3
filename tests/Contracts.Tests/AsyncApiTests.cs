using YamlDotNet.Serialization;

namespace CsPlatform.Contracts.Tests;

/// <summary>asyncapi.yaml says what Topology says, with the goldens as its examples.</summary>
public sealed class AsyncApiTests
{
    private static readonly Dictionary<object, object> Document =
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Repository.Read("contracts", "asyncapi.yaml"));

    public static TheoryData<string> Services => [.. Topology.Services.Select(x => x.Name)];

    public static TheoryData<string> Messages => [.. Topology.Services.SelectMany(x => x.Publishes).Select(x => x.Name)];

    public static TheoryData<string> Alerts => [.. PublicEvents.AlertKinds];

    [Fact]
    public void It_is_AsyncAPI_3() => Assert.Equal("3.0.0", Document["asyncapi"]);

    [Theory, MemberData(nameof(Services))]
    public void Service_publishes_and_hears_what_the_topology_says(string service)
    {
        var topology = Topology.Services.Single(x => x.Name == service);

        Assert.Equal(Names(topology.Publishes), MessagesOf($"{service}Publishes", "send"));
        Assert.Equal(Names(topology.Consumes), MessagesOf($"{service}Hears", "receive"));
    }

    [Theory, MemberData(nameof(Messages))]
    public void Message_has_its_golden_as_example(string message)
    {
        var type = Topology.Services.SelectMany(x => x.Publishes).Single(x => x.Name == message);

        Assert.Equal([$"Golden/{Samples.WireName(type)}.json"], ExamplesOf(message));
    }

    [Theory, MemberData(nameof(Messages))]
    public void Message_lists_the_members_of_its_type(string message)
    {
        var type = Topology.Services.SelectMany(x => x.Publishes).Single(x => x.Name == message);
        var members = type.GetProperties().Select(x => char.ToLowerInvariant(x.Name[0]) + x.Name[1..]);

        Assert.Equal(members, At("components", "messages", message, "payload", "properties").Keys.Select(x => (string)x));
    }

    [Theory, MemberData(nameof(Alerts))]
    public void Alert_has_its_type_schema_and_golden(string kind)
    {
        var message = $"churnrisk.{kind}.v1";

        Assert.Equal($"com.csplatform.{message}", At("components", "messages", message)["name"]);
        Assert.Equal($"schemas/{message}.json", At("components", "messages", message, "payload", "properties", "data")["$ref"]);
        Assert.Equal([$"Golden/{message}.json"], ExamplesOf(message));
        Assert.True(At("channels", "alerts", "messages").ContainsKey(kind));
    }

    [Fact]
    public void Exchanges_are_those_of_the_topology()
    {
        var usage = At("channels", "usageEvents", "bindings", "amqp", "exchange");
        var alerts = At("channels", "alerts", "bindings", "amqp", "exchange");

        Assert.Equal((Topology.UsageEventsExchange, "fanout"), (usage["name"], usage["type"]));
        Assert.Equal((Topology.AlertsExchange, "topic"), (alerts["name"], alerts["type"]));
    }

    [Fact]
    public void Example_of_another_message_would_be_seen() =>
        Assert.NotEqual(ExamplesOf("CsmAssigned"), ExamplesOf("StageEntered"));

    private static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(x => x.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> MessagesOf(string operation, string action)
    {
        Assert.Equal(action, At("operations", operation)["action"]);
        return ((List<object>)At("operations", operation)["messages"])
            .Select(x => ((string)((Dictionary<object, object>)x)["$ref"]).Split('/')[^1]).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> ExamplesOf(string message) =>
        ((List<object>)At("components", "messages", message)["examples"])
            .Select(x => (string)((Dictionary<object, object>)((Dictionary<object, object>)x)["payload"])["$ref"]);

    private static Dictionary<object, object> At(params string[] path) =>
        path.Aggregate(Document, (node, key) => (Dictionary<object, object>)node[key]);
}
