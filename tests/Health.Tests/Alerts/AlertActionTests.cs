using CsPlatform.Health.Alerts;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Health.Tests.Alerts;

public sealed class AlertActionTests
{
    private const AlertCategory Drop = AlertCategory.UsageDrop;

    [Fact]
    public void Acknowledged_once()
    {
        var spec = AlertDeciderTests.FellSilent();

        spec.Act(Drop, new AcknowledgeAlert().Decide).Act(Drop, new AcknowledgeAlert().Decide);

        Assert.Single(spec.AlertEvents.OfType<AlertAcknowledged>());
        Assert.Equal(AlertStatus.Acknowledged, spec.Alert(Drop)!.Status);
    }

    [Fact]
    public void A_snooze_is_quiet_and_ends_by_itself()
    {
        var spec = AlertDeciderTests.FellSilent();
        var until = spec.Now.AddDays(10);
        spec.Act(Drop, new SnoozeAlert(until, "On holiday").Decide);
        var before = spec.AlertEvents.Count;

        spec.AssessDaily(10);
        Assert.DoesNotContain(
            spec.AlertEvents.Skip(before),
            e => e is AlertUpdated { Alert.Category: Drop } or AlertEscalated { Alert.Category: Drop });

        spec.Assess();
        Assert.Equal(until, Assert.Single(spec.AlertEvents.OfType<AlertSnoozeEnded>()).At);
        Assert.True(spec.Alert(Drop)!.Open);
    }

    [Fact]
    public void Who_takes_a_snoozed_alert_on_ends_the_snooze()
    {
        var spec = AlertDeciderTests.FellSilent();
        var snooze = new SnoozeAlert(spec.Now.AddDays(10), "On holiday");

        spec.Act(Drop, snooze.Decide).Act(Drop, new AcknowledgeAlert().Decide).AssessDaily(12);
        Assert.Empty(spec.AlertEvents.OfType<AlertSnoozeEnded>());

        spec.Act(Drop, new SnoozeAlert(spec.Now.AddDays(5), "Again").Decide);
        Assert.Equal(AlertStatus.Snoozed, spec.Alert(Drop)!.Status);
    }

    [Fact]
    public void A_snoozed_alert_still_clears()
    {
        var spec = AlertDeciderTests.FellSilent();
        spec.Act(Drop, new SnoozeAlert(spec.Now.AddDays(60), "Known").Decide);

        AlertDeciderTests.Recover(spec);

        Assert.Single(spec.AlertEvents.OfType<AlertCleared>());
    }

    [Fact]
    public void A_snooze_into_the_past_or_for_ever_is_refused()
    {
        var spec = AlertDeciderTests.FellSilent();

        Assert.Equal("invalid", Refused(() => spec.Act(Drop, new SnoozeAlert(spec.Now, "x").Decide)));
        Assert.Equal("invalid", Refused(() => spec.Act(Drop, new SnoozeAlert(spec.Now.AddDays(91), "x").Decide)));
        Assert.Equal("invalid", Refused(() => FieldCheck.Of(new SnoozeAlert(spec.Now.AddDays(1), " ").Checked)));
    }

    [Fact]
    public void Dismissed_it_stays_shut_for_the_cool_down()
    {
        var spec = AlertDeciderTests.FellSilent();
        spec.Act(Drop, new DismissAlert("They moved office").Decide).Act(
            Drop, new DismissAlert("They moved office").Decide);
        Assert.Single(spec.AlertEvents.OfType<AlertDismissed>());
        var before = spec.AlertEvents.Count;

        spec.AssessDaily(13);

        Assert.DoesNotContain(
            spec.AlertEvents.Skip(before), e => e is AlertRaised { Alert.Category: Drop } or AlertReopened);
    }

    [Fact]
    public void Dismissed_by_a_clock_400_days_ahead_it_does_not_stay_shut_until_then()
    {
        var spec = AlertDeciderTests.FellSilent();
        spec.Pass(400).Act(Drop, new DismissAlert("They moved office").Decide).Pass(-400);

        spec.Assess();

        Assert.True(spec.Alert(Drop)!.Open);
    }

    [Fact]
    public void Nothing_can_be_done_to_a_closed_alert()
    {
        var spec = AlertDeciderTests.FellSilent();
        spec.Act(Drop, new DismissAlert("No risk").Decide);

        Assert.Equal("alert-closed", Refused(() => spec.Act(Drop, new AcknowledgeAlert().Decide)));
        Assert.Equal("alert-closed", Refused(() => spec.Act(Drop, new SnoozeAlert(spec.Now.AddDays(1), "x").Decide)));
        Assert.Equal("alert-closed", Refused(() => spec.Act(Drop, new DismissAlert("Another reason").Decide)));
    }

    private static string Refused(Action act) => Assert.Throws<RefusedException>(act).Code;
}
