using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Table;

public class AccountTableProjectionTests
{
    private static readonly Guid Alert = Guid.Parse("018f0000-0000-7000-8000-00000000000a");
    private static readonly Guid Contract = Guid.Parse("018f0000-0000-7000-8000-00000000000b");

    private static readonly IMilestone[] Milestones =
    [
        new FirstUseReached(Message(1), Now.AddDays(-20)),
        new FirstUseReached(Message(2), Now.AddDays(-25)),
        new HealthBandEntered(Message(3), 80, "green", null, "default", 1, Now.AddDays(-10)),
        new HealthBandEntered(Message(4), 30, "red", "green", "default", 1, Now.AddDays(-5)),
        new RiskRaised(Message(5), Alert, "lowHealth", "medium", "Health is low", 1, Now.AddDays(-5)),
        new RiskEscalated(Message(6), Alert, "lowHealth", "high", 2, Now.AddDays(-4)),
        new SurveyAnswered(Message(7), Message(70), "c1", "nps", 9, 0, 10, true, Now.AddDays(-8)),
        new SurveyAnswered(Message(8), Message(80), "c2", "nps", 3, 0, 10, true, Now.AddDays(-3)),
        new SurveyAnswered(Message(9), Message(90), "c2", "csat", 4, 1, 5, true, Now.AddDays(-3)),
        new ContractSigned(
            Message(10), Contract, new(2025, 4, 1), new(2026, 3, 31), 10, 1200m, "EUR", Now.AddDays(-300)),
        new RenewalOpened(Message(11), Message(110), Contract, new(2026, 3, 31), 1200m, "EUR", Now.AddDays(-1)),
    ];

    [Fact]
    public void The_row_shows_what_was_heard_last_by_its_own_time()
    {
        var view = AccountView.Of(GivenAcme(Milestones).Row);

        Assert.Equal((30m, "red", Now.AddDays(-25)), (view.Score, view.Band, view.FirstUseAt));
        Assert.Equal([new OpenAlert(Alert, "lowHealth", "high")], view.OpenAlerts);
        Assert.Equal([("csat", 4), ("nps", 3)], view.Answers.Select(a => (a.Metric, a.Score)));
        Assert.Equal((new DateOnly(2026, 3, 31), true), (view.RenewalOn, view.RenewalOpen));
        Assert.Equal(12, view.Version);
    }

    [Fact]
    public void Milestones_give_the_same_row_in_any_order()
    {
        var expected = Shown(GivenAcme(Milestones));
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var shuffled = Milestones.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(expected, Shown(GivenAcme(shuffled)));
        }
    }

    [Fact]
    public void A_late_message_does_not_open_a_closed_alert()
    {
        var row = GivenAcme(
            new RiskCleared(Message(3), Alert, "lowHealth", "recovered", 3, Now),
            new RiskRaised(Message(1), Alert, "lowHealth", "medium", "low", 1, Now)).Row;

        Assert.Empty(AccountView.Of(row).OpenAlerts);
    }

    [Theory]
    [InlineData("low_health", "lowHealth")]
    [InlineData("usage_drop", "usageDrop")]
    [InlineData("lowHealth", "lowHealth")]
    public void A_category_that_was_stored_in_the_spelling_of_old_is_shown_in_that_of_today(string stored, string shown)
    {
        var row = GivenAcme(new RiskRaised(Message(1), Alert, stored, "medium", "low", 1, Now)).Row;

        Assert.Equal(shown, Assert.Single(AccountView.Of(row).OpenAlerts).Category);
    }

    [Fact]
    public void A_renewal_opened_for_an_earlier_contract_is_not_that_of_the_last()
    {
        var view = AccountView.Of(GivenAcme(
            [.. Milestones, new ContractSigned(Message(12), Message(120), new(2026, 4, 1), new(2027, 3, 31), 10, 1300m, "EUR", Now)]).Row);

        Assert.Equal((new DateOnly(2027, 3, 31), false), (view.RenewalOn, view.RenewalOpen));
    }

    [Fact]
    public void A_side_state_keeps_the_journey_stage_and_its_time()
    {
        var row = GivenAcme(
            new StageEntered(Stage.Adoption, null, Now.AddDays(-9)), new StageEntered(
                Stage.Escalation, null, Now.AddDays(-3)),
            new StageEntered(Stage.Adoption, null, Now)).Row;

        Assert.Equal((Stage.Adoption, Now.AddDays(-9), null), (row.Stage, row.StageEnteredAt, row.SideState));
    }

    [Fact]
    public void A_search_finds_by_name_and_key_in_any_case() => Assert.Equal("acme\nb-7",
        GivenAcme(new ExternalKeyLinked("billing", "B-7", Now)).Row.SearchText);

    private static string Shown(AccountSpec spec) =>
        JsonSerializer.Serialize(spec.Row with { Version = 0, RecordedAt = default });

    private static Guid Message(int n) => new(n, 0, 0, new byte[8]);
}
