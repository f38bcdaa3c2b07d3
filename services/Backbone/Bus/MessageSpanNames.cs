using System.Diagnostics;
using CsPlatform.Contracts;
using OpenTelemetry;

namespace CsPlatform.Backbone;

/// <summary>
/// Spans of the bus by the message's type: <c>publish StageEntered</c>, <c>hear StageEntered</c>, and below it
/// <c>handle StageEntered</c>; where many are taken at once, they are gathered before. Of types, only those of
/// <see cref="Topology"/>: what a message calls itself is anybody's text.
/// </summary>
internal sealed class MessageSpanNames : BaseProcessor<Activity>
{
    private const string Peer = "peer.address", Destination = "messaging.destination.name",
        Consumer = "messaging.masstransit.consumer_type";

    // MassTransit has two spellings: of a type's exchange, and of what a consumer takes.
    private static readonly Dictionary<string, string> Types = Topology.Services
        .SelectMany(s => s.Publishes.Concat(s.Consumes)).Distinct()
        .SelectMany(t => new[] { (Key: $"{t.Namespace}:{t.Name}", t.Name), (Key: $"{t.Name}/{t.Namespace}", t.Name) })
        .ToDictionary(t => t.Key, t => t.Name, StringComparer.Ordinal);

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == "MassTransit")
            data.DisplayName = NameOf(data);
    }

    public override void OnEnd(Activity data)
    {
        data.SetTag("messaging.masstransit.message_types", null);
        // The dashboard writes a publishing span anew, from these two instead of its name.
        if (data.Kind == ActivityKind.Producer && TypeOf(data, Destination) is { } published)
            data.SetTag("messaging.operation", "publish").SetTag(Destination, published);
    }

    private static string NameOf(Activity span)
    {
        switch (span.GetTagItem("messaging.operation"))
        {
            case "send":
                return TypeOf(span, Destination) is { } published ? $"publish {published}" : "send";
            case "process" when span.GetTagItem(Consumer) is string consumer && HandledBy(span) is { } handled:
                // Only now is it known what was delivered.
                if (span.Parent is { } delivery && delivery.GetTagItem("messaging.operation") is "receive")
                    delivery.DisplayName = $"hear {handled}";
                return consumer.StartsWith("MassTransit.Batching.", StringComparison.Ordinal)
                    ? $"gather {handled}"
                    : $"handle {handled}";
            default:
                return span.DisplayName;
        }
    }

    /// <summary>A batch is of the type of what was gathered.</summary>
    private static string? HandledBy(Activity span) =>
        TypeOf(span, Peer) ?? (span.Parent is { } gathered ? TypeOf(gathered, Peer) : null);

    private static string? TypeOf(Activity span, string tag) =>
        span.GetTagItem(tag) is string name ? Types.GetValueOrDefault(name) : null;
}
