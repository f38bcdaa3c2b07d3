using CsCheck;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests.Pipeline;

public sealed class OpenRenewalTests
{
    private static readonly OpenRenewal SixtyDaysBefore = new(60);

    private static Contract Ending(int inDays, DateTimeOffset? signedAt = null) => Given(Signed(
        Year2026 with { StartsOn = Today.AddDays(-400), EndsOn = Today.AddDays(inDays) },
        signedAt ?? Now.AddDays(-400)));

    [Fact]
    public void Renewal_opens_sixty_days_before_the_end_and_not_earlier()
    {
        Assert.Null(SixtyDaysBefore.Decide(Ending(inDays: 61), Now));

        var opening = SixtyDaysBefore.Decide(Ending(inDays: 60), Now);

        Assert.NotNull(opening);
        var renewalId = Renewal.IdFor(ContractId);
        Assert.Equal(new ContractCameUpForRenewal(renewalId, Now), opening.OnContract);
        Assert.Equal(
            new RenewalOpened(
                renewalId, ContractId, AccountId, Today.AddDays(60), Ending(60).AnnualAmount, Now),
            opening.OnRenewal);
    }

    [Fact]
    public void Contract_signed_with_less_time_left_opens_at_the_next_sweep() =>
        Assert.NotNull(SixtyDaysBefore.Decide(Ending(inDays: 3, signedAt: Now), Now));

    [Fact]
    public void Renewal_opens_once()
    {
        var opening = SixtyDaysBefore.Decide(Ending(inDays: 60), Now)!;
        Assert.Null(SixtyDaysBefore.Decide(Ending(inDays: 60).Apply(opening.OnContract), Now));
    }

    [Fact]
    public void Continued_contract_needs_no_renewal() =>
        Assert.Null(SixtyDaysBefore.Decide(Ending(inDays: 10).Apply(new ContractContinued(SuccessorId, Now)), Now));

    [Fact]
    public void Contract_that_had_ended_when_it_was_signed_opens_none() =>
        Assert.Null(SixtyDaysBefore.Decide(Ending(inDays: -1, signedAt: Now), Now));

    [Fact]
    public void Sweep_that_comes_after_the_end_opens_what_it_missed() =>
        Assert.NotNull(SixtyDaysBefore.Decide(Ending(inDays: -1), Now));

    [Fact]
    public void Renewal_id_follows_from_the_contract_id()
    {
        Assert.Equal(Renewal.IdFor(ContractId), Renewal.IdFor(ContractId));
        Assert.NotEqual(Renewal.IdFor(ContractId), Renewal.IdFor(SuccessorId));
        Assert.Equal(8, Renewal.IdFor(ContractId).Version);
        Assert.Equal(new Guid("715366e6-e86a-8b66-bb66-4f3f241063be"), Renewal.IdFor(ContractId));
    }

    [Fact]
    public void Daily_sweeps_open_every_contract_once_whenever_it_was_signed() =>
        Gen.Select(Gen.Int[-100, 300], Gen.Int[0, 200], Gen.Int[1, 20]).Sample((endsIn, signedOnDay, everyDays) =>
        {
            var contract = Ending(endsIn, Now.AddDays(signedOnDay));
            var opened = 0;
            for (var day = signedOnDay; day <= 330; day += everyDays)
                if (SixtyDaysBefore.Decide(contract, Now.AddDays(day)) is { } opening)
                {
                    opened++;
                    contract = contract.Apply(opening.OnContract);
                }

            Assert.Equal(contract.HadEndedWhenSigned ? 0 : 1, opened);
        });
}
