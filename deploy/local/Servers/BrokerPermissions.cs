using System.Text.RegularExpressions;
using CsPlatform.Contracts;

namespace CsPlatform.Local.Servers;

/// <summary>
/// What a user may do in its virtual host: RabbitMQ's three regular expressions over the names of queues and exchanges.
/// Declaring needs configure; publishing, and being the destination of a binding, needs write; consuming, and being
/// the source of a binding, needs read. MassTransit declares the exchange of a message also where it only hears it, so
/// those who hear a message may declare, and thereby delete, its exchange; nobody publishes to it but its publisher.
/// </summary>
public sealed record BrokerPermissions(string Configure, string Write, string Read)
{
    /// <summary>
    /// A service: its own queues and exchanges, and the exchanges of exactly those messages that it publishes or hears.
    /// MassTransit declares them all again at every start, hence configure.
    /// </summary>
    public static BrokerPermissions OfService(ServiceTopology service)
    {
        var own = Own(service.Name);
        var published = service.Publishes.SelectMany(ExchangesOf).ToList();
        var heard = service.Consumes.SelectMany(ExchangesOf).Concat(RetellingsTo(service)).ToList();
        var (intake, alerts) = (service.Name == "engagement", service.Name == "health");

        string[] configure =
            [own, .. published, .. heard, .. intake ? [UsageEvents, UsageAlternate] : None,
             .. alerts ? [Alerts] : None];
        string[] write = [own, .. published, .. intake ? [UsageAlternate] : None, .. alerts ? [Alerts] : None];
        string[] read = [own, .. heard, .. intake ? [UsageEvents, UsageAlternate] : None];
        return new(AnyOf(configure), AnyOf(write), AnyOf(read));
    }

    /// <summary>An outside system that sends usage events, and can do nothing else.</summary>
    public static BrokerPermissions OfPublisher() => new(AnyOf(), AnyOf(UsageEvents), AnyOf());

    /// <summary>An outside system that hears alerts on queues of its own prefix.</summary>
    /// <exception cref="LocalException">
    /// The prefix is no plain word, or names of the platform begin with it.
    /// </exception>
    public static BrokerPermissions OfSubscriber(string prefix)
    {
        var ofOthers = Topology.Services.Select(s => s.Name)
            .Concat([Topology.UsageEventsExchange, Topology.AlertsExchange, "amq.default"]);
        // "usage" would own "usage-events"; with "crm.eu" beside it "crm" would own that one's queues.
        if (!Regex.IsMatch(prefix, "^[a-z0-9]+$") || ofOthers.Any(name => Regex.IsMatch(name, AnyOf(Own(prefix)))))
            throw new LocalException(
                $"'{prefix}' cannot be a subscriber's name: "
                + "take lower-case letters and digits, and no word of the platform.");
        return new(AnyOf(Own(prefix)), AnyOf(Own(prefix)), AnyOf([Own(prefix), Alerts, .. PublicRetellings]));
    }

    public bool MayConfigure(string resource) => Regex.IsMatch(resource, Configure);
    public bool MayWrite(string resource) => Regex.IsMatch(resource, Write);
    public bool MayRead(string resource) => Regex.IsMatch(resource, Read);

    private static string[] None => [];
    private static string UsageEvents => Regex.Escape(Topology.UsageEventsExchange);
    private static string UsageAlternate => UsageEvents + "[._-].+"; // its alternate exchange and what hangs on that
    private static string Alerts => Regex.Escape(Topology.AlertsExchange);

    private static string Own(string name) => Regex.Escape(name) + "([._-].+)?";

    /// <summary>The exchanges over which the past is told again to the service.</summary>
    private static IEnumerable<string> RetellingsTo(ServiceTopology service) => Topology.Services
        .Where(s => s.Publishes.Intersect(service.Consumes).Any()).Select(s => Regex.Escape(s.RetellingExchange));

    private static IEnumerable<string> PublicRetellings =>
        Topology.Services.Where(s => s.PublicTopics.Count > 0).Select(s => Regex.Escape(s.RetellingExchange));

    /// <summary>MassTransit's exchange of a message type, and those of its base types, to which it binds it.</summary>
    private static IEnumerable<string> ExchangesOf(Type message) =>
        message.GetInterfaces().Append(message.BaseType).Append(message)
            .Where(t => t?.Namespace is { } space && space.StartsWith("CsPlatform.", StringComparison.Ordinal))
            .Select(t => Regex.Escape($"{t!.Namespace}:{t.Name}"));

    // Anchored: RabbitMQ takes a match anywhere in the name. "^$" is no resource at all (a name is never empty,
    // and the default exchange is checked as "amq.default").
    private static string AnyOf(params string[] names) =>
        names.Length == 0 ? "^$" : $"^({string.Join('|', names.Distinct())})$";
}
