using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Messaging;
using static CsPlatform.Accounts.Tests.AccountSpec;
using V1 = CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Accounts.Tests.Messaging;

public class AccountsPublisherTests
{
    private static readonly V1.AccountDetails Details = new(
        "Acme", "retail", 120, "DE", "emea", "Berlin", "pro", "stable");

    [Fact]
    public void Each_fact_of_our_own_is_one_message_with_its_version()
    {
        var given = GivenAcme(
            new ExternalKeyLinked("crm", "0042", Now), new AccountDetailsCorrected(
                Acme with { Tier = Tier.AtRisk }, [], Now),
            new CsmAssigned("bo", null, Now), new StageEntered(Stage.FirstContact, "private", Now));

        Assert.Equal(
            [
                new V1.AccountRegistered(Id, Details, 1, Registered.OccurredAt),
                new V1.ExternalKeyLinked(Id, "crm", "0042", 2, Now),
                new V1.AccountDetailsCorrected(Id, Details with { Tier = "atRisk" }, 3, Now),
                new V1.CsmAssigned(Id, "bo", 4, Now),
                new V1.StageEntered(Id, "firstContact", 5, Now),
            ],
            given.Events.SelectMany(AccountsPublisher.Translate));
    }

    [Fact]
    public void What_others_said_is_not_said_again() => Assert.Empty(
        Given(new FirstUseReached(Id, Now)).Events.SelectMany(AccountsPublisher.Translate));
}
