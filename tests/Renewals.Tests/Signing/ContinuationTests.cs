using CsCheck;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Signing;
using static CsPlatform.Renewals.Tests.RenewalsSpec;

namespace CsPlatform.Renewals.Tests.Signing;

public sealed class ContinuationTests
{
    private static readonly Contract Of2026 = Term("2026-01-01", "2026-12-31", id: 1, "core");

    [Theory]
    [InlineData("2027-01-01", "2027-12-31", true)]      // the day after
    [InlineData("2026-12-02", "2027-12-31", true)]      // 30 days early
    [InlineData("2026-12-01", "2027-12-31", false)]     // 31 days early
    [InlineData("2027-01-31", "2027-12-31", true)]      // 30 days late
    [InlineData("2027-02-01", "2027-12-31", false)]     // 31 days late
    [InlineData("2026-12-15", "2026-12-31", false)]     // ends no later
    public void Term_is_continued_by_a_contract_that_starts_near_its_end(
        string startsOn, string endsOn, bool continues) =>
        Assert.Equal(continues, Term(startsOn, endsOn, id: 2, "core").Continues(Of2026, withinDays: 30));

    [Fact]
    public void Product_is_continued_by_a_contract_for_it_or_for_no_named_product()
    {
        Assert.False(Term("2027-01-01", "2027-12-31", id: 2, "reports").Continues(Of2026, 30));
        Assert.True(Term("2027-01-01", "2027-12-31", id: 2, "reports", "core").Continues(Of2026, 30));
        Assert.True(Term("2027-01-01", "2027-12-31", id: 2).Continues(Of2026, 30));
    }

    [Fact]
    public void Another_account_continues_nothing()
    {
        var ofAnother = Term("2027-01-01", "2027-12-31", id: 2, "core") with { AccountId = SuccessorId };
        Assert.False(ofAnother.Continues(Of2026, 30));
    }

    [Fact]
    public void First_successor_stays()
    {
        var continued = Assert.IsType<ContractContinued>(
            Assert.Single(new ContinueContract(SuccessorId).Decide(Of2026, Now)));
        Assert.Equal(SuccessorId, continued.SuccessorId);
        Assert.Empty(new ContinueContract(ContractId).Decide(Of2026 with { SuccessorId = SuccessorId }, Now));
    }

    [Fact]
    public void Status_follows_the_day()
    {
        Assert.Equal(ContractStatus.Upcoming, Of2026.StatusOn(new DateOnly(2025, 12, 31)));
        Assert.Equal(ContractStatus.Active, Of2026.StatusOn(new DateOnly(2026, 1, 1)));
        Assert.Equal(ContractStatus.Active, Of2026.StatusOn(new DateOnly(2026, 12, 31)));
        Assert.Equal(ContractStatus.Lapsed, Of2026.StatusOn(new DateOnly(2027, 1, 1)));
        var continued = Of2026 with { SuccessorId = SuccessorId };
        Assert.Equal(ContractStatus.Renewed, continued.StatusOn(new DateOnly(2027, 1, 1)));
        Assert.Equal(ContractStatus.Active, continued.StatusOn(new DateOnly(2026, 12, 31)));
    }

    private static readonly Gen<Contract> Contract =
        from start in Gen.Int[0, 400]
        from days in Gen.Int[1, 200]
        from product in Gen.OneOf("", "core", "reports")
        from id in Gen.Int
        select Given(Signed(Year2026 with
        {
            ContractId = new Guid(id, 1, 0, new byte[8]),
            StartsOn = Year2026.StartsOn.AddDays(start),
            EndsOn = Year2026.StartsOn.AddDays(start + days),
            Products = product.Length == 0 ? [] : [product],
        }));

    /// <summary>Enters contracts one by one, as the endpoint does: links to earlier terms and to a later one.</summary>
    private static HashSet<Guid> ContinuedAfter(IEnumerable<Contract> signings)
    {
        var (entered, continued) = (new List<Contract>(), new HashSet<Guid>());
        foreach (var contract in signings)
        {
            continued.UnionWith(entered.Where(earlier => contract.Continues(earlier, 30)).Select(c => c.Id));
            if (entered.Any(later => later.Continues(contract, 30)))
                continued.Add(contract.Id);
            entered.Add(contract);
        }

        return continued;
    }

    [Fact]
    public void Order_of_signing_does_not_matter() =>
        Gen.Select(Contract.List[0, 12], Gen.Int).Sample((contracts, seed) =>
        {
            var shuffled = contracts.DistinctBy(c => c.Id).ToArray();
            var expected = ContinuedAfter(shuffled);
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, ContinuedAfter(shuffled));
        });

    [Fact]
    public void No_two_contracts_continue_each_other() =>
        Gen.Select(Contract, Contract).Sample((a, b) => Assert.False(a.Continues(b, 30) && b.Continues(a, 30)));
}
