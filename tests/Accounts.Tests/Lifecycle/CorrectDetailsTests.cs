using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Lifecycle;

public class CorrectDetailsTests
{
    [Fact]
    public void What_changed_is_part_of_the_fact()
    {
        var next = Acme with { Employees = 130, City = null, Tier = Tier.AtRisk };

        var fact = Assert.IsType<AccountDetailsCorrected>(
            Assert.Single(new CorrectDetails(next).Decide(GivenAcme().State, Now)));

        Assert.Equal(next, fact.Details);
        Assert.Equal(
            [new DetailChange("employees", "120", "130"), new DetailChange("city", "Berlin", null), new DetailChange("tier", "stable", "atRisk")],
            fact.Changes);
    }

    [Fact]
    public void The_same_details_give_no_event() =>
        Assert.Empty(new CorrectDetails(Acme).Decide(GivenAcme().State, Now));

    [Fact]
    public void The_last_correction_stands() => Assert.Equal("Acme Inc",
        GivenAcme(new AccountDetailsCorrected(Acme with { Name = "Acme Inc" }, [], Now)).State.Details.Name);
}
