using System.Text.Json.Nodes;

namespace CsPlatform.Contracts.Tests;

/// <summary>The schemas take what we publish and what we ask for, and refuse what neither may look like.</summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Alerts => [.. PublicEvents.Alerts];

    public static TheoryData<string> Spoilers => [.. Spoil.Keys];

    private static readonly Dictionary<string, Action<JsonNode>> Spoil = new()
    {
        ["no id"] = x => x.AsObject().Remove("id"),
        ["another version of CloudEvents"] = x => x["specversion"] = "0.3",
        ["sequence not padded"] = x => x["accountsequence"] = "42",
        ["unknown severity"] = x => x["severitynumber"] = 42,
        ["trace context of no shape"] = x => x["traceparent"] = "none",
        ["another type's status"] = x => x["data"]!["status"] = "seeded",
        ["no alert id"] = x => x["data"]!.AsObject().Remove("alertId"),
        ["revision zero"] = x => x["data"]!["revision"] = 0,
        ["score above a hundred"] = x => x["data"]!["health"]!["score"] = 101,
        ["score as text"] = x => x["data"]!["health"]!["score"] = "46",
        ["unknown band"] = x => x["data"]!["health"]!["band"] = "orange",
        ["unknown category in the key"] = x => x["data"]!["dedupKey"] = "0198f6c2-1c4b-7d02-8a6e-5b1f0c9d2e34|weather",
        ["amount as a number"] = x => x["data"]!["exposure"]!["amount"] = 120000,
        ["renewal date with a time"] = x => x["data"]!["exposure"]!["renewalDate"] = "2026-05-01T00:00:00Z",
        ["no links"] = x => x["data"]!["links"] = new JsonArray(),
    };

    [Theory, MemberData(nameof(Alerts))]
    public void Golden_alert_is_valid(string name) => Assert.Empty(Schemas.ValidateAlert(PublicEvents.Golden(name)));

    [Fact]
    public void Alert_with_the_least_it_may_hold_is_valid() =>
        Assert.Empty(Schemas.ValidateAlert(PublicEvents.Golden("older/churnrisk.raised.v1.minimal")));

    [Theory, MemberData(nameof(Spoilers))]
    public void Spoiled_alert_is_refused(string how)
    {
        var alert = PublicEvents.Golden("churnrisk.raised.v1");
        Spoil[how](alert);

        Assert.NotEmpty(Schemas.ValidateAlert(alert));
    }

    [Theory]
    [InlineData("cleared")]
    [InlineData("retracted")]
    public void Closed_alert_says_why(string kind)
    {
        var alert = PublicEvents.Golden($"churnrisk.{kind}.v1");
        alert["data"]!.AsObject().Remove("outcome");

        Assert.NotEmpty(Schemas.ValidateAlert(alert));
    }

    [Theory, MemberData(nameof(Alerts))]
    public void Member_added_later_is_allowed(string name)
    {
        var alert = PublicEvents.Golden(name);
        alert["addedlater"] = "by a newer publisher";
        alert["data"]!["addedLater"] = true;
        alert["data"]!["account"]!["addedLater"] = 1;

        Assert.Empty(Schemas.ValidateAlert(alert));
    }

    [Fact]
    public void Golden_usage_events_are_valid()
    {
        Assert.Empty(Schemas.Validate("usage-event.v1.json", PublicEvents.Golden("usage-event.v1")));
        Assert.Empty(Schemas.Validate("usage-event.v1.json", PublicEvents.Golden("older/usage-event.v1.minimal")));
        Assert.All(
            PublicEvents.Golden("usage-event-batch.v1").AsArray(),
            x => Assert.Empty(Schemas.Validate("usage-event.v1.json", x)));
    }

    [Theory]
    [InlineData("subject", "\"crm\"")]
    [InlineData("subject", "null")]
    [InlineData("time", "\"yesterday\"")]
    [InlineData("id", "\"\"")]
    [InlineData("source", "7")]
    [InlineData("data", "[]")]
    [InlineData("data", """{"userKind":"robot"}""")]
    [InlineData("data", """{"minutes":-1}""")]
    [InlineData("data", """{"features":"search"}""")]
    public void Spoiled_usage_event_is_refused(string member, string json)
    {
        var usage = PublicEvents.Golden("usage-event.v1");
        usage[member] = JsonNode.Parse(json);

        Assert.NotEmpty(Schemas.Validate("usage-event.v1.json", usage));
    }

    [Fact]
    public void Schema_is_named_after_its_file()
    {
        foreach (var file in Repository.Names("contracts/schemas", "*.json"))
        {
            var schema = JsonNode.Parse(Repository.Read("contracts", "schemas", file))!;
            Assert.Equal($"https://csplatform.dev/schemas/{file}", (string?)schema["$id"]);
        }
    }
}
