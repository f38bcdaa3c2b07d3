using CsPlatform.Renewals.Figures;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Tests.Figures;

public sealed class AccountContractsTests
{
    private static readonly DateOnly Today = new(2026, 6, 15);

    private static readonly AccountContract Running = new(
        new(2026, 1, 1), new(2026, 12, 31), new Money(1200.00m, "EUR"), 10, NoticePeriodDays: 90, false, false);

    [Fact]
    public void Contracts_that_run_are_summed_by_currency_and_never_across()
    {
        var figures = Of(
            Running, Running with { AnnualAmount = new(300.50m, "EUR") }, Running with { AnnualAmount = new(5m, "USD") },
            Running with { StartsOn = Today.AddDays(1) }, Running with { EndsOn = Today.AddDays(-1) });

        Assert.Equal([new Money(1500.50m, "EUR"), new Money(5m, "USD")], figures.AnnualAmounts);
        Assert.Equal(30, figures.Seats);
    }

    [Fact]
    public void The_next_to_end_counts_and_not_the_last() => Assert.Equal(
        (new DateOnly(2026, 12, 31), new DateOnly(2026, 10, 2)),
        (Of(Running with { EndsOn = new(2028, 5, 1) }, Running).NextEndsOn, Of(Running).NoticeOn));

    [Fact]
    public void One_that_another_carries_on_ends_nothing() => Assert.Equal(
        new DateOnly(2027, 12, 31),
        Of(Running with { IsContinued = true }, Running with { StartsOn = new(2027, 1, 1), EndsOn = new(2027, 12, 31) })
            .NextEndsOn);

    [Fact]
    public void One_past_its_end_counts_while_its_renewal_is_open()
    {
        var ended = Running with { EndsOn = Today.AddDays(-3), NoticePeriodDays = null };

        Assert.Null(Of(ended).NextEndsOn);
        var open = Of(ended with { RenewalOpen = true }, Running);
        Assert.Equal((Today.AddDays(-3), null, true), (open.NextEndsOn, open.NoticeOn, open.RenewalOpen));
    }

    [Fact]
    public void Without_contracts_there_is_nothing() =>
        Assert.Equal((0, 0, null, false), (Of().AnnualAmounts.Count, Of().Seats, Of().NextEndsOn, Of().RenewalOpen));

    private static V1.ContractFigures Of(params AccountContract[] contracts) =>
        AccountContracts.Figures(Guid.Empty, contracts, Today);
}
