using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Milestones;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Milestones;

public class HearMilestoneTests
{
    private static readonly Guid Message = Guid.Parse("018f0000-0000-7000-8000-0000000000aa");

    [Fact]
    public void A_milestone_never_starts_a_stream() => Assert.Throws<AccountNotHereException>(
        () => new HearMilestone(new FirstUseReached(Message, Now)).Decide(Given().MaybeState));

    [Fact]
    public void What_is_heard_is_kept_with_its_message_and_time()
    {
        var heard = new HealthBandEntered(Message, 41.5m, "red", "yellow", "default", 1, Now.AddDays(-1));

        Assert.Equal([heard], new HearMilestone(heard).Decide(GivenAcme().State));
    }

    [Fact]
    public void First_use_is_one_moment() => Assert.Empty(new HearMilestone(new FirstUseReached(Message, Now))
        .Decide(GivenAcme(new FirstUseReached(Message, Now.AddDays(-2))).State));

    [Fact]
    public void An_earlier_first_use_learned_late_corrects_it() =>
        Assert.Single(new HearMilestone(new FirstUseReached(Message, Now.AddDays(-9)))
        .Decide(GivenAcme(new FirstUseReached(Message, Now.AddDays(-2))).State));
}
