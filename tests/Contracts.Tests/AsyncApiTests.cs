using CsPlatform.ContractFiles;
using YamlDotNet.Serialization;

namespace CsPlatform.Contracts.Tests;

/// <summary>asyncapi.yaml says what the code says; what outsiders may rely on is written by hand.</summary>
public sealed class AsyncApiTests
{
    private static readonly Dictionary<object, object> Document =
        new DeserializerBuilder().Build()
            .Deserialize<Dictionary<object, object>>(Repository.Read("contracts", "asyncapi.yaml"));

    public static TheoryData<string> Alerts => [.. PublicEvents.AlertKinds];

    [Fact]
    public void It_is_AsyncAPI_3() => Assert.Equal("3.0.0", Document["asyncapi"]);

    [Fact]
    public void What_services_tell_each_other_is_as_the_topology_and_the_records_say()
    {
        var committed = Repository.Read("contracts", "asyncapi.yaml");

        Assert.Equal(AsyncApi.Written(committed), committed);
    }

    [Fact]
    public void Message_that_is_not_listed_would_be_seen()
    {
        var committed = Repository.Read("contracts", "asyncapi.yaml");
        var without = committed.Replace(
            "      - $ref: '#/channels/betweenServices/messages/CsmAssigned'\n", "", StringComparison.Ordinal);

        Assert.NotEqual(committed, without);
        Assert.Equal(committed, AsyncApi.Written(without));
    }

    [Theory, MemberData(nameof(Alerts))]
    public void Alert_has_its_type_schema_and_golden(string kind)
    {
        var message = $"churnrisk.{kind}.v1";

        Assert.Equal($"com.csplatform.{message}", At("components", "messages", message)["name"]);
        Assert.Equal(
            $"schemas/{message}.json", At("components", "messages", message, "payload", "properties", "data")["$ref"]);
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

    private static IEnumerable<string> ExamplesOf(string message) =>
        ((List<object>)At("components", "messages", message)["examples"])
            .Select(x => (string)((Dictionary<object, object>)((Dictionary<object, object>)x)["payload"])["$ref"]);

    private static Dictionary<object, object> At(params string[] path) =>
        path.Aggregate(Document, (node, key) => (Dictionary<object, object>)node[key]);
}
