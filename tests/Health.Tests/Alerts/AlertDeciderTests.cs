using CsPlatform.Health.Alerts;

namespace CsPlatform.Health.Tests.Alerts;

public sealed class AlertDeciderTests
{
    private const AlertCategory Drop = AlertCategory.UsageDrop, Low = AlertCategory.LowHealth;

    [Fact]
    public void A_drop_raises_with_reasons_in_words()
    {
        var spec = FellSilent();

        var raised = Assert.Single(spec.AlertEvents.OfType<AlertRaised>());
        var (rule, reasons) = (raised.Alert.Snapshot.Rule, raised.Alert.Snapshot.Reasons);
        Assert.Equal(Drop, raised.Alert.Category);
        Assert.Equal(RuleKind.Drop, rule.Kind);
        Assert.True(rule.Observed <= rule.Threshold, $"{rule}");
        Assert.Equal("rhythm_broken", reasons[0].Code);
        Assert.StartsWith("Silent ", reasons[0].Text);
        Assert.Equal(reasons.OrderBy(r => r.Points), reasons);
    }

    [Fact]
    public void While_one_is_open_no_second_is_raised()
    {
        var spec = FellSilent().AssessDaily(25);

        Assert.Single(spec.AlertEvents.OfType<AlertRaised>(), r => r.Alert.Category == Drop);
    }

    [Fact]
    public void Long_silence_ends_below_the_red_edge()
    {
        var spec = FellSilent().AssessDaily(120);

        var low = Assert.Single(spec.AlertEvents.OfType<AlertRaised>(), r => r.Alert.Category == Low);
        Assert.Equal(RuleKind.Threshold, low.Alert.Snapshot.Rule.Kind);
        Assert.True(low.Alert.Snapshot.Health.Score < 40);
    }

    [Fact]
    public void Too_little_known_raises_nothing() =>
        Assert.Empty(new HealthSpec().Answer(0).Sign(-20).AssessDaily(30).AlertEvents);

    [Fact]
    public void Severity_rises_for_a_tier_that_matters_and_a_renewal_that_is_near()
    {
        var plain = FellSilent();
        var vip = FellSilent(new HealthSpec().With(tier: "vip"));
        var renewing = FellSilent(new HealthSpec().Sign(110));

        Assert.Equal(plain.Alert(Drop)!.State.Severity + 1, vip.Alert(Drop)!.State.Severity);
        Assert.Equal(plain.Alert(Drop)!.State.Severity + 1, renewing.Alert(Drop)!.State.Severity);
        Assert.Equal((12000m, "EUR"), Exposure(renewing.Alert(Drop)!));
    }

    [Fact]
    public void A_worse_severity_escalates()
    {
        var spec = FellSilent().AssessDaily(25);

        var escalated = spec.AlertEvents.OfType<AlertEscalated>().ToList();
        Assert.NotEmpty(escalated);
        Assert.Equal(
            escalated.Select(e => e.Alert.Severity).Distinct().Order(), escalated.Select(e => e.Alert.Severity));
    }

    [Fact]
    public void Updates_are_rate_limited()
    {
        var spec = FellSilent().AssessDaily(90);

        var told = spec.AlertEvents.Where(e => e is AlertUpdated { Alert.Category: Drop }).Cast<AlertUpdated>().Select(
            e => e.At).ToList();
        Assert.All(told.Zip(told.Skip(1)), p => Assert.True(p.Second - p.First >= TimeSpan.FromDays(7)));
        Assert.True(spec.AlertEvents.Count < 30, $"{spec.AlertEvents.Count} events in 90 days");
    }

    [Fact]
    public void Recovery_clears_only_when_it_lasts()
    {
        var spec = FellSilent();
        Recover(spec);

        var clearing = spec.AlertEvents.FindIndex(e => e is AlertCleared);
        Assert.IsType<AlertRecoverySeen>(spec.AlertEvents[clearing - 1]);
        var (seen, cleared) = (
            (AlertRecoverySeen)spec.AlertEvents[clearing - 1], (AlertCleared)spec.AlertEvents[clearing]);
        Assert.True(cleared.At - seen.At >= TimeSpan.FromHours(20));
        Assert.Equal("recovered", cleared.Reason);
        Assert.False(spec.Alert(Drop)!.Open);
    }

    [Fact]
    public void Many_facts_in_one_day_are_one_sign_of_recovery()
    {
        var spec = FellSilent();
        while (!spec.AlertEvents.Any(e => e is AlertRecoverySeen))
            spec.Use().Assess().Pass(1);
        spec.Pass(-1);

        for (var i = 0; i < 5; i++)
            spec.Use(users: 3 + i).Pass(0.01).Assess();

        Assert.True(spec.Alert(Drop)!.Open);
    }

    [Fact]
    public void Recovery_that_a_clock_saw_three_days_too_early_does_not_hold_up_clearing()
    {
        var spec = FellSilent();
        while (!spec.AlertEvents.Any(e => e is AlertRecoverySeen))
            spec.Use().Pass(3).Assess().Pass(-2);

        spec.Use().Assess();

        Assert.False(spec.Alert(Drop)!.Open);
    }

    [Fact]
    public void Back_inside_the_cool_down_it_is_the_same_alert()
    {
        var spec = FellSilent();
        Recover(spec);
        var cleared = spec.Alert(Drop)!;

        spec.AssessDaily(14);

        var reopened = Assert.Single(spec.AlertEvents.OfType<AlertReopened>());
        Assert.Equal((cleared.Id, cleared.State.Revision + 1), (reopened.Alert.AlertId, reopened.Alert.Revision));
    }

    [Fact]
    public void Back_after_the_cool_down_it_is_another_alert()
    {
        var spec = FellSilent();
        Recover(spec);

        spec.UseDaily(20).AssessDaily(20);

        Assert.Equal(2, spec.AlertEvents.OfType<AlertRaised>().Count(r => r.Alert.Category == Drop));
    }

    [Fact]
    public void Churn_closes_what_is_open_and_raises_nothing_more()
    {
        var spec = FellSilent().With(stage: "churned").AssessDaily(100);

        Assert.Equal("churned", Assert.Single(spec.AlertEvents.OfType<AlertCleared>()).Reason);
        Assert.IsType<AlertCleared>(spec.AlertEvents[^1]);
    }

    [Fact]
    public void Revisions_grow_by_one()
    {
        var spec = FellSilent().AssessDaily(20);
        Recover(spec);

        var revisions = spec.AlertEvents.Select(RevisionOf).OfType<int>().ToList();
        Assert.Equal(Enumerable.Range(1, revisions.Count), revisions);
    }

    internal static HealthSpec FellSilent(HealthSpec? spec = null)
    {
        spec = (spec ?? new HealthSpec()).UseDaily(60);
        while (spec.Alert(Drop) is null)
            spec.Assess().Pass(1);
        return spec;
    }

    internal static void Recover(HealthSpec spec)
    {
        for (var i = 0; i < 60 && spec.Alert(Drop)!.Open; i++)
            spec.Use().Assess().Pass(1);
    }

    private static (decimal, string) Exposure(Alert alert) =>
        (alert.State.Snapshot.Exposure!.Amount, alert.State.Snapshot.Exposure.Currency);

    private static int? RevisionOf(IAlertEvent e) => e switch
    {
        AlertRaised { Alert.Category: Drop } x => x.Alert.Revision,
        AlertUpdated { Alert.Category: Drop } x => x.Alert.Revision,
        AlertEscalated { Alert.Category: Drop } x => x.Alert.Revision,
        AlertCleared { Alert.Category: Drop } x => x.Alert.Revision,
        _ => null,
    };
}
