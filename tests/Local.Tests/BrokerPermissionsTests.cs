using CsPlatform.Contracts;
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
        foreach (var own in (string[])[name, name + "_error", name + "_skipped", name + "_wait-1", name + ".usage-events"])
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
            Assert.Equal(service.Publishes.Contains(message), permissions.MayWrite(exchange));
            Assert.Equal(service.Consumes.Contains(message), permissions.MayRead(exchange));
            Assert.Equal(service.Publishes.Contains(message) || service.Consumes.Contains(message), permissions.MayConfigure(exchange));
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_reaches_nothing_of_another(string name)
    {
        var (_, permissions) = Of(name);
        var others = Topology.Services.Where(s => s.Name != name).SelectMany(s => new[] { s.Name, s.Name + "_error", s.Name + ".x" });
        foreach (var other in others.Append("").Append("amq.default").Append("amq.topic").Append("x" + name).Append(name + "2"))
            Assert.False(permissions.MayConfigure(other) || permissions.MayWrite(other) || permissions.MayRead(other), other);
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
        foreach (var closed in (string[])["engagement", Topology.UsageEventsExchange + ".unrouted", Topology.AlertsExchange, "amq.default"])
            Assert.False(publisher.MayWrite(closed), closed);
        foreach (var any in (string[])["amq.default", Topology.UsageEventsExchange, Topology.AlertsExchange, "engagement", "publisher"])
            Assert.False(publisher.MayConfigure(any) || publisher.MayRead(any), any);
    }

    [Fact]
    public void A_subscriber_has_queues_of_its_own_prefix_and_reads_the_alerts()
    {
        var subscriber = BrokerPermissions.OfSubscriber("crm");

        foreach (var own in (string[])["crm", "crm.alerts", "crm_dead"])
            Assert.True(subscriber.MayConfigure(own) && subscriber.MayWrite(own) && subscriber.MayRead(own), own);
        Assert.True(subscriber.MayRead(Topology.AlertsExchange));
        Assert.False(subscriber.MayWrite(Topology.AlertsExchange) || subscriber.MayConfigure(Topology.AlertsExchange));
        foreach (var other in (string[])["crm2", "subscriber", "health", Topology.UsageEventsExchange])
            Assert.False(subscriber.MayConfigure(other) || subscriber.MayWrite(other) || subscriber.MayRead(other), other);
    }

    private static (ServiceTopology Service, BrokerPermissions Permissions) Of(string name)
    {
        var service = Topology.Services.Single(s => s.Name == name);
        return (service, BrokerPermissions.OfService(service));
    }

    private static string ExchangeOf(Type message) => $"{message.Namespace}:{message.Name}";
}
