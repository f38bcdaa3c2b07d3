using CsPlatform.Renewals.Pipeline;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests.Pipeline;

public sealed class CloseRenewalTests
{
    private static readonly RenewalOpened Opened = new(
        Renewal.IdFor(ContractId), ContractId, AccountId, Today.AddDays(60), new Money(1_200m, "EUR"), Now);

    [Fact]
    public void Open_renewal_closes_as_renewed_by_its_successor()
    {
        var closed = Assert.IsType<RenewalClosed>(
            Assert.Single(new CloseRenewal(SuccessorId).Decide(Given(Opened), Now)));

        var renewal = Given(Opened, closed);
        Assert.Equal(
            (RenewalStatus.Renewed, SuccessorId, Now), (renewal.Status, renewal.SuccessorId, renewal.ClosedAt));
    }

    [Fact]
    public void Closed_renewal_stays_as_it_was_closed() =>
        Assert.Empty(new CloseRenewal(ContractId).Decide(
            Given(Opened, new RenewalClosed(RenewalOutcome.Renewed, SuccessorId, Now)), Now));
}
