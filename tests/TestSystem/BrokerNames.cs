using CsPlatform.Contracts;

namespace CsPlatform.TestSystem;

/// <summary>Every queue and exchange of a running system: what each user may do is tried on each.</summary>
public static class BrokerNames
{
    private static readonly IReadOnlyList<string> OfServices =
        [.. Topology.Services.SelectMany(s => new[] { s.Name, s.Name + "_error" }), "accounts-figures"];

    private static readonly IReadOnlyList<string> OfUsageEvents =
        ["engagement.usage-events.dead", "engagement.usage-events.unreadable", Topology.UsageEventsExchange + ".unrouted"];

    public static IReadOnlyList<string> Queues { get; } = [.. OfServices, "engagement.usage-events", .. OfUsageEvents];

    public static IReadOnlyList<string> Exchanges { get; } =
    [
        .. OfServices, .. OfUsageEvents, Topology.AlertsExchange, Topology.UsageEventsExchange,
        .. Topology.Services.SelectMany(s => s.Publishes).Select(ExchangeOf),
        .. Topology.Services.Select(s => s.RetellingExchange),
    ];

    /// <summary>The exchanges over which the past is told again to a service, or, for none, to subscribers.</summary>
    public static IEnumerable<string> RetellingsTo(ServiceTopology? service) => Topology.Services
        .Where(s => service is null ? s.PublicTopics.Count > 0 : s.Publishes.Intersect(service.Consumes).Any())
        .Select(s => s.RetellingExchange);

    /// <summary>The exchange of a message between services.</summary>
    public static string ExchangeOf(Type message) => $"{message.Namespace}:{message.Name}";
}
