using CsPlatform.Renewals.Pipeline;
using static CsPlatform.Renewals.Tests.RenewalsSystem;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Tests.Pipeline;

[Collection(nameof(RunningRenewals))]
public sealed class RenewalSweepTests(RenewalsSystem system)
{
    [Fact]
    public async Task Renewal_opens_once_sixty_days_before_the_end_and_others_hear_of_it()
    {
        // No contract of another test becomes due on that day.
        await system.MoveClockTo("2028-01-10");
        var accountId = await system.RegisteredAccount();
        var contractId = await system.SignedContract(accountId, "2028-12-30");

        await system.MoveClockTo("2028-10-30");
        await system.Sweep();
        Assert.Equal(JsonValueKind.Null, (await system.Contract(contractId)).GetProperty("renewalId").ValueKind);

        await system.MoveClockTo("2028-10-31");
        Assert.Equal(1, await system.Sweep());
        Assert.Equal(0, await system.Sweep());

        var renewalId = (await system.Contract(contractId)).GetProperty("renewalId").GetGuid();
        await Eventually.HoldsAsync(() => Task.FromResult(Told(contractId).Count > 0));
        await system.Idle();
        Assert.Equal(
            new V1.RenewalOpened(
                renewalId, contractId, accountId, new DateOnly(2028, 12, 30), new Money(1200.00m, "EUR"),
                At("2028-10-31")),
            Assert.Single(Told(contractId)));
        Assert.Equal("open", (await system.Get($"/v1/renewals/{renewalId}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Sweeps_at_the_same_time_open_each_renewal_once()
    {
        await system.MoveClockTo("2026-01-10");
        List<Guid> contracts = [];
        for (var i = 0; i < 10; i++)
            contracts.Add(await system.SignedContract(await system.RegisteredAccount(), "2026-12-31"));
        await system.MoveClockTo("2026-12-01");

        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(system.Sweep)));

        Assert.True(opened.Sum() >= 10, $"{opened.Sum()} opened");
        await system.Idle();
        Assert.All(contracts, contractId => Assert.Single(Told(contractId)));
    }

    [Fact]
    public async Task Contract_signed_with_less_than_sixty_days_left_opens_at_the_next_sweep()
    {
        await system.MoveClockTo("2026-12-20");
        var contractId = await system.SignedContract(await system.RegisteredAccount(), "2026-12-31");

        await system.Sweep();

        Assert.Equal(Renewal.IdFor(contractId), (await system.Contract(contractId)).GetProperty("renewalId").GetGuid());
    }

    [Fact]
    public async Task Contract_that_had_ended_when_it_was_signed_lapsed_and_opens_none()
    {
        await system.MoveClockTo("2027-06-01");
        var contractId = await system.SignedContract(await system.RegisteredAccount(), "2026-12-31");

        await system.Sweep();

        var contract = await system.Contract(contractId);
        Assert.Equal("lapsed", contract.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, contract.GetProperty("renewalId").ValueKind);
    }

    [Fact]
    public async Task Next_contract_closes_the_open_renewal()
    {
        await system.MoveClockTo("2026-11-15");
        var accountId = await system.RegisteredAccount();
        var contractId = await system.SignedContract(accountId, "2026-12-31");
        await system.Sweep();

        var successorId = await system.SignedContract(accountId, "2027-12-31");

        var renewal = await system.Get($"/v1/renewals/{Renewal.IdFor(contractId)}");
        Assert.Equal("renewed", renewal.GetProperty("status").GetString());
        Assert.Equal(successorId, renewal.GetProperty("successorId").GetGuid());
        Assert.Equal(2, renewal.GetProperty("version").GetInt64());
        Assert.Equal(3, (await system.Contract(contractId)).GetProperty("version").GetInt64());
        await system.MoveClockTo("2027-01-01");
        Assert.Equal("renewed", (await system.Contract(contractId)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Contract_that_is_continued_before_its_renewal_opened_needs_none()
    {
        await system.MoveClockTo("2026-06-01");
        var accountId = await system.RegisteredAccount();
        var successorId = await system.SignedContract(accountId, "2027-12-31");
        var contractId = await system.SignedContract(accountId, "2026-12-31");
        await system.MoveClockTo("2026-12-15");

        await system.Sweep();

        var contract = await system.Contract(contractId);
        Assert.Equal(JsonValueKind.Null, contract.GetProperty("renewalId").ValueKind);
        Assert.Equal(successorId, contract.GetProperty("successorId").GetGuid());
    }

    [Fact]
    public async Task Renewals_are_listed_by_urgency_in_pages_and_filtered()
    {
        await system.MoveClockTo("2031-01-10");
        string[] ends = ["2031-01-20", "2031-01-25", "2031-01-30"];
        foreach (var endsOn in ends.Reverse())
            await system.SignedContract(await system.RegisteredAccount(), endsOn);
        await system.Sweep();

        const string Filtered = "/v1/renewals?status=open&dueBefore=2031-01-30";
        List<string> listed = [];
        string? after = null;
        do
        {
            var page = await system.Get($"{Filtered}&limit=1{(after is null ? "" : $"&after={after}")}");
            foreach (var renewal in page.GetProperty("items").EnumerateArray())
                listed.Add(renewal.GetProperty("dueOn").GetString()!);
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        Assert.Equal(listed.Order(), listed);
        Assert.Equal(ends[..2], listed.Where(day => string.CompareOrdinal(day, "2031") > 0));
    }

    private IReadOnlyList<V1.RenewalOpened> Told(Guid contractId) =>
        [.. system.Messages.Of<V1.RenewalOpened>().Where(m => m.ContractId == contractId)];
}
