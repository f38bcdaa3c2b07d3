using System.Text;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Contracts.Tests;

/// <summary>
/// The goldens of public events are CloudEvents 1.0 by the standard's own library, and what our records write.
/// </summary>
public sealed class CloudEventTests
{
    public static TheoryData<string> Kinds => [.. PublicEvents.AlertKinds];

    private static readonly JsonEventFormatter Formatter = new(Json.PublicEvents, default);

    [Theory, MemberData(nameof(Kinds))]
    public void Alert_data_serialises_to_its_golden_file(string kind)
    {
        var written = JsonSerializer.Serialize(AlertSamples.Of(kind), Json.PublicEvents);

        Assert.Equal(
            Canonical(PublicEvents.Golden($"churnrisk.{kind}.v1")["data"]), Canonical(JsonNode.Parse(written)));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Alert_data_is_read_back_and_what_a_newer_publisher_adds_is_ignored(string kind)
    {
        var golden = PublicEvents.Golden($"churnrisk.{kind}.v1")["data"]!;
        var later = golden.DeepClone();
        later["addedLater"] = new JsonArray(1, 2);

        var read = later.Deserialize<ChurnRiskAlert>(Json.PublicEvents);

        Assert.Equal(Canonical(golden), Canonical(JsonSerializer.SerializeToNode(read, Json.PublicEvents)));
    }

    [Fact]
    public void Alert_data_of_the_least_form_is_read()
    {
        var read = PublicEvents.Golden("older/churnrisk.raised.v1.minimal")["data"].Deserialize<ChurnRiskAlert>(
            Json.PublicEvents)!;

        Assert.Equal((1, "raised"), (read.Revision, read.Status));
        Assert.Null(read.Exposure);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Alert_is_a_cloud_event(string kind)
    {
        var golden = Repository.Read("contracts", "Golden", $"churnrisk.{kind}.v1.json");

        var read = Formatter.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(golden), null, Extensions);
        var written = Formatter.EncodeStructuredModeMessage(read.Validate(), out var contentType);

        Assert.Equal("application/cloudevents+json", contentType.MediaType);
        Assert.Equal(Canonical(JsonNode.Parse(golden)), Canonical(JsonNode.Parse(written.Span)));
        Assert.Equal($"com.csplatform.churnrisk.{kind}.v1", read.Type);
        Assert.Equal($"https://csplatform.dev/schemas/churnrisk.{kind}.v1.json", $"{read.DataSchema}");
    }

    [Fact]
    public void Usage_events_are_cloud_events_single_and_batch()
    {
        var single = Encoding.UTF8.GetBytes(Repository.Read("contracts", "Golden", "usage-event.v1.json"));
        var batch = Encoding.UTF8.GetBytes(Repository.Read("contracts", "Golden", "usage-event-batch.v1.json"));

        Assert.True(Formatter.DecodeStructuredModeMessage(single, null, null).IsValid);
        Assert.All(Formatter.DecodeBatchModeMessage(batch, null, null), x => Assert.True(x.IsValid));
    }

    [Fact]
    public void Attribute_name_outside_the_standard_would_be_seen()
    {
        var golden = PublicEvents.Golden("churnrisk.raised.v1");
        golden["dedup_key"] = "x";

        Assert.ThrowsAny<ArgumentException>(
            () => Formatter.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(golden.ToJsonString()), null, null));
    }

    /// <summary>Without it the number would be read as text.</summary>
    private static readonly CloudEventAttribute[] Extensions =
        [CloudEventAttribute.CreateExtension("severitynumber", CloudEventAttributeType.Integer)];

    /// <summary>The same document, its members in the order of their names.</summary>
    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject o => "{" + string.Join(
            ',', o.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => $"\"{x.Key}\":{Canonical(x.Value)}")) + "}",
        JsonArray a => "[" + string.Join(',', a.Select(Canonical)) + "]",
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => v.GetValue<decimal>().ToString(
            "0.##########", null),
        _ => node?.ToJsonString() ?? "null",
    };
}
