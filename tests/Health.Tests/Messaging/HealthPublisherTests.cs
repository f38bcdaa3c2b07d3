using CloudNative.CloudEvents.SystemTextJson;
using CsPlatform.Backbone;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Messaging;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Tests.Alerts;
using JasperFx.Events;

namespace CsPlatform.Health.Tests.Messaging;

public sealed class HealthPublisherTests
{
    [Fact]
    public void A_raised_alert_goes_to_the_services_and_to_subscribers()
    {
        var spec = AlertDeciderTests.FellSilent(new HealthSpec().With(tier: "vip").Sign(300, 12000));
        var raised = spec.AlertEvents.OfType<AlertRaised>().Single();

        var told = Translate(raised, sequence: 42);

        var message = Assert.IsType<ChurnRiskRaised>(told[0]);
        Assert.Equal(("usageDrop", 1), (message.Category, message.Revision));
        var published = Assert.IsType<PublicCloudEvent>(told[1]);
        Assert.Equal(
            (Topology.AlertsExchange, $"churnrisk.raised.{message.Severity}.vip"),
            (published.Exchange, published.RoutingKey));
        var json = Json(published);
        Assert.Equal("0000000000000000042", json.GetProperty("accountsequence").GetString());
        Assert.Equal("/csplatform/health", json.GetProperty("source").GetString());
        Assert.Equal($"account/{HealthSpec.AccountId}", json.GetProperty("subject").GetString());
        var data = json.GetProperty("data");
        Assert.Equal($"{HealthSpec.AccountId}|usageDrop", data.GetProperty("dedupKey").GetString());
        Assert.Equal("12000.00", data.GetProperty("exposure").GetProperty("amount").GetString());
        Assert.Equal("P28D", data.GetProperty("rule").GetProperty("window").GetString());
        var health = data.GetProperty("health");
        Assert.Equal(
            health.GetProperty("score").GetDecimal() - health.GetProperty("previous").GetDecimal(), health.GetProperty(
                "change").GetDecimal());
        Assert.Matches("^[0-9]+[.][0-9]$", health.GetProperty("score").GetRawText());
    }

    [Fact]
    public void An_alert_stays_below_20_kB_however_many_keys_its_account_has()
    {
        var keys = Enumerable.Range(0, 99).ToDictionary(
            i => $"{new string('s', 60)}-{i}", i => new string('\u4e16', 200));
        keys["crm"] = "0042";
        var raised = AlertDeciderTests.FellSilent(
            new HealthSpec().With(externalIds: keys)).AlertEvents.OfType<AlertRaised>().Single();

        var alert = Json(Translate(raised).OfType<PublicCloudEvent>().Single());

        Assert.InRange(alert.GetRawText().Length, 0, 19_999);
        var ids = alert.GetProperty("data").GetProperty("account").GetProperty("externalIds");
        Assert.Equal("0042", ids.GetProperty("crm").GetString());
        Assert.InRange(ids.GetPropertyCount(), 2, 99);
    }

    [Fact]
    public void The_nine_statuses_come_in_five_types()
    {
        var spec = AlertDeciderTests.FellSilent();
        spec.Act(AlertCategory.UsageDrop, new AcknowledgeAlert().Decide)
            .Act(AlertCategory.UsageDrop, new SnoozeAlert(spec.Now.AddDays(2), "Later").Decide)
            .Act(AlertCategory.UsageDrop, new DismissAlert("Known").Decide);

        Assert.Equal(
            [("raised", "raised"), ("updated", "acknowledged"), ("updated", "snoozed"), ("cleared", "dismissed")],
            spec.AlertEvents.SelectMany(e => Translate(e)).OfType<PublicCloudEvent>().Select(Json)
                .Select(e => (e.GetProperty("type").GetString()!.Split('.')[3], e.GetProperty("data").GetProperty("status").GetString()!)));
    }

    [Fact]
    public void A_seeded_alert_is_told_to_nobody_nor_is_its_end()
    {
        var spec = new HealthSpec().UseDaily(60)
            .Publish(m => m with { Alerts = m.Alerts with { LowHealthBelow = 99, LowHealthClearsFrom = 99.5m } })
            .Assess()
            .Act(AlertCategory.LowHealth, new DismissAlert("Fine").Decide);

        Assert.Equal(2, spec.AlertEvents.Count);
        Assert.Empty(spec.AlertEvents.SelectMany(e => Translate(e)));
    }

    [Fact]
    public void Only_a_new_band_is_told_of_a_score()
    {
        var scored = new HealthSpec().UseDaily(60).HealthEvents.OfType<HealthScored>().ToList();

        var told = scored.SelectMany(s => Translate(s)).Cast<HealthBandChanged>().ToList();

        Assert.True(scored.Count > told.Count);
        Assert.Equal([(null, "yellow"), ("yellow", "green")], told.Select(t => (t.PreviousBand, t.Band!)));
    }

    [Theory]
    [InlineData("At.Risk #1", "AtRisk1")]
    [InlineData("…", "none")]
    [InlineData(null, "none")]
    public void A_tier_brings_no_dots_into_the_routing_key(string? tier, string word)
    {
        var raised = AlertDeciderTests.FellSilent(new HealthSpec().With(tier: tier)).AlertEvents.OfType<AlertRaised>()
            .Single();

        Assert.Equal(word, AlertCloudEvent.RoutingKey(raised.Alert, "raised").Split('.')[3]);
    }

    private static List<object> Translate(object data, long sequence = 1) =>
        [.. HealthPublisher.Translate(Stored(data, sequence))];

    private static IEvent Stored<T>(T data, long sequence) where T : notnull
    {
        var e = (IEvent)Activator.CreateInstance(typeof(Event<>).MakeGenericType(data.GetType()), data)!;
        e.Id = new Guid("0198f6c2-7d1e-7a55-9d0e-0d5c2b7a9e21");
        e.Sequence = sequence;
        e.Timestamp = HealthSpec.Start;
        return e;
    }

    private static JsonElement Json(PublicCloudEvent e) =>
        JsonElement.Parse(new JsonEventFormatter(ServiceDefaults.Json.PublicEvents, default).EncodeStructuredModeMessage(e.Event, out _).Span);
}
