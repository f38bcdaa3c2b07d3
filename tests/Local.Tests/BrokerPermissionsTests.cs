using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Tests;

/// <summary>RabbitMQ takes these patterns as they are: what they let through is what a user may do.</summary>
public sealed class BrokerPermissionsTests
{
    public static TheoryData<string> Services => [.. Topology.Services.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_may_declare_use_and_read_its_own_queues(string name)
    {
        var (_, permissions) = Of(name);
        foreach (var own in (string[])[name, name + "_error", name + ".intake"])
            Assert.True(permissions.MayConfigure(own) && permissions.MayWrite(own) && permissions.MayRead(own), own);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_publishes_its_own_messages_and_hears_its_subscriptions_and_nothing_else(string name)
    {
        var (service, permissions) = Of(name);
        foreach (var message in Topology.Services.SelectMany(s => s.Publishes))
        {
            var exchange = ExchangeOf(message);
            var (publishes, hears) = (service.Publishes.Contains(message), service.Consumes.Contains(message));
            Assert.Equal(publishes, permissions.MayWrite(exchange));
            Assert.Equal(hears, permissions.MayRead(exchange));
            Assert.Equal(publishes || hears, permissions.MayConfigure(exchange));
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_reaches_nothing_of_another(string name)
    {
        var (_, permissions) = Of(name);
        var others = Topology.Services.Select(s => s.Name).Where(other => other != name);
        foreach (var other in (string[])
                 [.. others.SelectMany(o => new[] { o, o + "_error", o + ".x" }), "", "amq.default", "x" + name, name + "2"])
            AssertNothing(permissions, other);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_tells_its_past_over_its_own_exchange_and_hears_that_of_those_whom_it_hears(string name)
    {
        var (service, permissions) = Of(name);
        foreach (var publisher in Topology.Services)
        {
            var hears = publisher.Publishes.Intersect(service.Consumes).Any();
            Assert.Equal(publisher == service, permissions.MayWrite(publisher.RetellingExchange));
            Assert.Equal(publisher == service || hears, permissions.MayRead(publisher.RetellingExchange));
        }
    }

    [Fact]
    public void Only_engagement_reads_usage_events_and_only_health_writes_alerts()
    {
        foreach (var (name, permissions) in Topology.Services.Select(s => (s.Name, BrokerPermissions.OfService(s))))
        {
            Assert.Equal(name == "engagement", permissions.MayRead(Topology.UsageEventsExchange));
            Assert.Equal(name == "engagement", permissions.MayConfigure(Topology.UsageEventsExchange + ".unrouted"));
            Assert.False(permissions.MayWrite(Topology.UsageEventsExchange));
            Assert.Equal(name == "health", permissions.MayWrite(Topology.AlertsExchange));
            Assert.False(permissions.MayRead(Topology.AlertsExchange));
        }
    }

    [Fact]
    public void A_publisher_may_only_publish_usage_events()
    {
        var publisher = BrokerPermissions.OfPublisher();

        Assert.True(publisher.MayWrite(Topology.UsageEventsExchange));
        Assert.False(
            publisher.MayConfigure(Topology.UsageEventsExchange) || publisher.MayRead(Topology.UsageEventsExchange));
        foreach (var other in (string[])
                 ["amq.default", Topology.UsageEventsExchange + ".x", Topology.AlertsExchange, "engagement", "publisher"])
            AssertNothing(publisher, other);
    }

    [Fact]
    public void A_subscriber_has_queues_of_its_own_prefix_and_reads_the_alerts()
    {
        var subscriber = BrokerPermissions.OfSubscriber("crm");

        foreach (var own in (string[])["crm", "crm.alerts", "crm_dead"])
            Assert.True(subscriber.MayConfigure(own) && subscriber.MayWrite(own) && subscriber.MayRead(own), own);
        Assert.True(subscriber.MayRead(Topology.AlertsExchange) && subscriber.MayRead("health.retelling"));
        Assert.False(subscriber.MayWrite(Topology.AlertsExchange) || subscriber.MayConfigure(Topology.AlertsExchange));
        foreach (var other in (string[])["crm2", "subscriber", "health", Topology.UsageEventsExchange])
            AssertNothing(subscriber, other);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("usage")]
    [InlineData("csplatform")]
    [InlineData("amq")]
    [InlineData("crm.eu")]
    [InlineData("crm|health")]
    [InlineData("")]
    public void A_subscriber_whose_prefix_would_reach_what_is_not_its_own_is_refused(string prefix) =>
        Assert.Throws<LocalException>(() => BrokerPermissions.OfSubscriber(prefix));

    private static void AssertNothing(BrokerPermissions user, string resource) =>
        Assert.False(user.MayConfigure(resource) || user.MayWrite(resource) || user.MayRead(resource), resource);

    private static (ServiceTopology Service, BrokerPermissions Permissions) Of(string name)
    {
        var service = Topology.Services.Single(s => s.Name == name);
        return (service, BrokerPermissions.OfService(service));
    }

    private static string ExchangeOf(Type message) => $"{message.Namespace}:{message.Name}";
}
