using CsPlatform.Accounts.Figures;
using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Table;

public class AccountTableProjectionTests
{
    private static readonly Guid Alert = Guid.Parse("018f0000-0000-7000-8000-00000000000a");
    private static readonly Guid Earlier = Guid.Parse("018e0000-0000-7000-8000-00000000000a");

    private static readonly IMilestone[] Milestones =
    [
        new FirstUseReached(Message(1), Now.AddDays(-20)),
        new FirstUseReached(Message(2), Now.AddDays(-25)),
        new MilestoneHeard(Message(3), "contractSigned", new Dictionary<string, string>(), Now.AddDays(-300)),
        new RiskRaised(Message(5), Alert, "lowHealth", "medium", "Health is low", 1, Now.AddDays(-5)),
        new RiskEscalated(Message(6), Alert, "lowHealth", "high", 2, Now.AddDays(-4)),
        new RiskRaised(Message(7), Earlier, "lowHealth", "high", "Health is low", 1, Now.AddDays(-90)),
        new RiskCleared(Message(8), Earlier, "lowHealth", "recovered", 2, Now.AddDays(-60)),
    ];

    [Fact]
    public void The_row_shows_what_was_heard_last_by_its_own_time()
    {
        var view = AccountView.Of(GivenAcme(Milestones).Row, AccountFigures.None);

        Assert.Equal((Now.AddDays(-25), 8), (view.FirstUseAt, view.Version));
        Assert.Equal([new OpenAlert(Alert, "lowHealth", "high")], view.OpenAlerts);
    }

    [Fact]
    public void Of_each_category_the_last_alert_is_kept_however_many_there_were()
    {
        var alerts = Enumerable.Range(1, 50).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var row = GivenAcme([
            .. alerts.SelectMany((id, i) => new IAccountEvent[]
            {
                new RiskRaised(Message(1), id, "usageDrop", "low", "Use fell", 1, Now.AddDays(i)),
                new RiskCleared(Message(2), id, "usageDrop", "recovered", 2, Now.AddDays(i).AddHours(1)),
            })]).Row;

        Assert.Equal((alerts[^1], false), (Assert.Single(row.Alerts).AlertId, row.Alerts[0].Open));
    }

    [Fact]
    public void What_others_say_is_no_edit()
    {
        var spec = GivenAcme([.. Milestones, new CsmAssigned("bo", null, Now)]);

        Assert.Equal((2, 2, Milestones.Length + 2), (spec.State.Edition, spec.Row.Edition, spec.Row.Version));
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

        Assert.Empty(AccountView.Of(row, AccountFigures.None).OpenAlerts);
    }

    [Theory]
    [InlineData("low_health", "lowHealth")]
    [InlineData("usage_drop", "usageDrop")]
    [InlineData("lowHealth", "lowHealth")]
    public void A_category_that_was_stored_in_the_spelling_of_old_is_shown_in_that_of_today(string stored, string shown)
    {
        var row = GivenAcme(new RiskRaised(Message(1), Alert, stored, "medium", "low", 1, Now)).Row;

        Assert.Equal(shown, Assert.Single(AccountView.Of(row, AccountFigures.None).OpenAlerts).Category);
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
