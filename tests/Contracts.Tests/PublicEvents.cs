using System.Text.Json.Nodes;

namespace CsPlatform.Contracts.Tests;

/// <summary>The CloudEvents that cross the system's border: usage in, churn-risk alerts out.</summary>
internal static class PublicEvents
{
    public static IReadOnlyList<string> AlertKinds { get; } = ["raised", "updated", "escalated", "cleared", "retracted"];

    public static IReadOnlyList<string> Alerts { get; } = [.. AlertKinds.Select(x => $"churnrisk.{x}.v1")];

    public static IReadOnlyList<string> Names { get; } = [.. Alerts, "usage-event.v1", "usage-event-batch.v1"];

    public static JsonNode Golden(string name) =>
        JsonNode.Parse(Repository.Read("contracts", "Golden", name + ".json"))!;
}
