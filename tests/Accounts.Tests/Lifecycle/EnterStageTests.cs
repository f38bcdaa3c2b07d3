using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Lifecycle;

public class EnterStageTests
{
    private static readonly StageEntered Adoption = Entered(Stage.Adoption);

    [Theory]
    [InlineData("advocacy")]
    [InlineData("onboarding")]
    [InlineData("prospect")]
    public void Any_stage_may_follow_any(string name)
    {
        var next = EnumNames.Named<Stage>(name)!.Value;

        Assert.Equal(
            [new StageEntered(next, "why", Now)], new EnterStage(next, "why").Decide(GivenAcme(Adoption).State, Now));
    }

    [Fact]
    public void A_first_stage_may_be_any() =>
        Assert.Single(new EnterStage(Stage.Renewal).Decide(GivenAcme().State, Now));

    [Fact]
    public void The_same_stage_gives_no_event() =>
        Assert.Empty(new EnterStage(Stage.Adoption).Decide(GivenAcme(Adoption).State, Now));

    [Fact]
    public void Escalation_stands_beside_the_journey_stage()
    {
        var given = GivenAcme(Adoption, Entered(Stage.Escalation));

        Assert.Equal((Stage.Adoption, Stage.Escalation), (given.State.JourneyStage, given.State.SideState));
        Assert.Empty(new EnterStage(Stage.Escalation).Decide(given.State, Now));
    }

    [Fact]
    public void Entering_the_journey_stage_again_ends_the_escalation()
    {
        var escalated = GivenAcme(Adoption, Entered(Stage.Escalation));

        var facts = new EnterStage(Stage.Adoption).Decide(escalated.State, Now);

        Assert.Null(GivenAcme([.. escalated.Facts.Skip(1), .. facts]).State.SideState);
    }

    [Fact]
    public void Churned_account_stays_churned() => Assert.Empty(
        new EnterStage(Stage.Churned).Decide(GivenAcme(Adoption, Entered(Stage.Churned)).State, Now));

    [Fact]
    public void An_escalated_account_may_churn() => Assert.Single(
        new EnterStage(Stage.Churned).Decide(GivenAcme(Adoption, Entered(Stage.Escalation)).State, Now));

    [Fact]
    public void Churned_account_is_reactivated_by_a_journey_stage()
    {
        var churned = GivenAcme(Adoption, Entered(Stage.Churned));

        var facts = new EnterStage(Stage.Adoption).Decide(churned.State, Now);

        Assert.Equal([Adoption], facts);
        Assert.Null(GivenAcme([.. churned.Facts.Skip(1), .. facts]).State.SideState);
    }

    [Fact]
    public void Churned_account_has_nothing_to_escalate() =>
        Assert.Equal("account-churned", Assert.Throws<RefusedException>(
        () => new EnterStage(Stage.Escalation).Decide(GivenAcme(Entered(Stage.Churned)).State, Now)).Code);

    private static StageEntered Entered(Stage stage) => new(stage, null, Now);
}
