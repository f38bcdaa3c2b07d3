using CsPlatform.Health.Alerts;
using CsPlatform.Health.Messaging;
using JasperFx.Events;

namespace CsPlatform.Health.Tests.Alerts;

/// <summary>Our own view changed, not the customer: nobody is woken, and what was said wrongly is taken back.</summary>
public sealed class SilentAlertTests
{
    [Fact]
    public void A_new_model_seeds()
    {
        var spec = new HealthSpec().UseDaily(60)
            .Publish(m => m with { Alerts = m.Alerts with { LowHealthBelow = 99, LowHealthClearsFrom = 100 } })
            .Assess();

        Assert.Equal("model-changed", Assert.Single(spec.AlertEvents.OfType<AlertSeeded>()).Reason);
        Assert.True(spec.Alert(AlertCategory.LowHealth)!.State.Silent);
        Assert.Single(
            spec.AssessDaily(5).AlertEvents,
            e => e is AlertSeeded or AlertRaised { Alert.Category: AlertCategory.LowHealth });
    }

    [Fact]
    public void A_new_model_reopens_without_a_word()
    {
        var spec = AlertDeciderTests.FellSilent();
        for (var day = 0; spec.Alert(AlertCategory.UsageDrop)!.Open && day < 60; day++)
            spec.Use().Assess().Pass(1);
        var closed = spec.Alert(AlertCategory.UsageDrop)!;
        Assert.Equal("recovered", closed.Outcome);

        spec.Publish(
            m => m with { Alerts = m.Alerts with { TrendBelow = 50, TrendClearsFrom = 51 } }).Assess().AssessDaily(3);

        var reopened = Assert.Single(spec.AlertEvents.OfType<AlertReopened>());
        Assert.Equal((closed.Id, true), (reopened.Alert.AlertId, reopened.Alert.Silent));
        Assert.Equal(AlertStatus.Seeded, spec.Alert(AlertCategory.UsageDrop)!.Status);
        Assert.Empty(HealthPublisher.Translate(new Event<AlertReopened>(reopened)));
    }

    [Fact]
    public void A_new_model_escalates_without_a_word()
    {
        var spec = AlertDeciderTests.FellSilent();
        while (spec.Alert(AlertCategory.LowHealth) is null)
            spec.AssessDaily(1);
        var raised = spec.Alert(AlertCategory.LowHealth)!;
        Assert.True(raised.State.Severity < Severity.High);
        var told = spec.AlertEvents.Count(e => e is AlertEscalated or AlertUpdated);

        spec.Publish(m => m with { Alerts = m.Alerts with { Severity = m.Alerts.Severity with { HighBelow = 100 } } })
            .Assess().Pass(0.1).Assess();

        Assert.Equal(told, spec.AlertEvents.Count(e => e is AlertEscalated or AlertUpdated));
        var regraded = Assert.Single(spec.AlertEvents.OfType<AlertRegraded>());
        Assert.Equal((Severity.High, raised.State.Revision), (regraded.Alert.Severity, regraded.Alert.Revision));
    }

    [Fact]
    public void A_backfill_seeds()
    {
        var spec = new HealthSpec().Pass(200);
        var today = DateOnly.FromDateTime(spec.Now.UtcDateTime);
        for (var day = 190; day > 150; day--)
            spec.Use(today.AddDays(-day));

        spec.Assess();

        Assert.Equal("backfill", Assert.Single(spec.AlertEvents.OfType<AlertSeeded>()).Reason);
        Assert.Empty(spec.AlertEvents.OfType<AlertRaised>());
    }

    [Fact]
    public void Facts_older_than_the_window_never_raise()
    {
        // A rhythm heard of late makes today's silence look bad: that is history, not news.
        var spec = new HealthSpec().Use().Pass(60).Use().Assess().Pass(20).Assess().Pass(0.01);
        Assert.Empty(spec.AlertEvents);
        var first = DateOnly.FromDateTime(HealthSpec.Start.UtcDateTime);
        for (var day = 1; day <= 59; day++)
            spec.Use(first.AddDays(day));

        spec.Assess();

        Assert.Empty(spec.AlertEvents.OfType<AlertRaised>());
    }

    [Fact]
    public void A_seeded_alert_that_gets_worse_is_told_after_all()
    {
        var spec = new HealthSpec().UseDaily(60)
            .Publish(m => m with
            {
                Alerts = m.Alerts with
                {
                    LowHealthBelow = 99,
                    LowHealthClearsFrom = 100,
                    Severity = m.Alerts.Severity with { MediumBelow = 60 },
                },
            })
            .AssessDaily(60);

        var surfaced = Assert.Single(spec.AlertEvents.OfType<AlertSurfaced>());
        Assert.False(surfaced.Alert.Silent);
        Assert.Equal(2, surfaced.Alert.Revision);
    }

    [Fact]
    public void An_alert_raised_on_a_gap_in_the_data_is_retracted_with_the_fact()
    {
        var spec = AlertDeciderTests.FellSilent();
        var raised = spec.Alert(AlertCategory.UsageDrop)!;
        var raisedOn = DateOnly.FromDateTime(raised.Ground.At.UtcDateTime);

        for (var day = 12; day >= 1; day--)
            spec.Use(raisedOn.AddDays(-day));
        spec.Assess();

        var retracted = Assert.Single(spec.AlertEvents.OfType<AlertRetracted>());
        Assert.Equal(raised.Id, retracted.Alert.AlertId);
        Assert.StartsWith("Use on ", retracted.Fact);
        Assert.False(spec.Alert(AlertCategory.UsageDrop)!.Open);
    }

    [Fact]
    public void Use_after_the_alert_is_no_ground_to_retract_it()
    {
        var spec = AlertDeciderTests.FellSilent();

        spec.Pass(-1).Use().Assess().Pass(1).Use().Assess(); // later on the day of the alert, and the day after

        Assert.Empty(spec.AlertEvents.OfType<AlertRetracted>());
    }

    [Fact]
    public void A_late_day_that_changes_nothing_leaves_the_alert()
    {
        var spec = AlertDeciderTests.FellSilent();
        var raisedOn = DateOnly.FromDateTime(spec.Alert(AlertCategory.UsageDrop)!.Ground.At.UtcDateTime);

        spec.Use(raisedOn.AddDays(-30), users: 4).Assess();

        Assert.Empty(spec.AlertEvents.OfType<AlertRetracted>());
    }
}
