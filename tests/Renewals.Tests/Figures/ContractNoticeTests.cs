using CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Tests.Figures;

[Collection(nameof(RunningRenewals))]
public sealed class ContractNoticeTests(RenewalsSystem system)
{
    [Fact]
    public async Task What_is_signed_and_what_ends_by_time_alone_is_told_even_after_a_clock_that_was_far_ahead()
    {
        await system.MoveClockTo("2018-01-10");
        var account = await system.RegisteredAccount();
        await system.SignedContract(account, "2018-03-31");
        await ToldAsync(account, [new Money(1200.00m, "EUR")], new DateOnly(2018, 3, 31), isOpen: false);

        await system.MoveClockTo("2019-06-01");
        await DueAsync();
        await ToldAsync(account, [], new DateOnly(2018, 3, 31), isOpen: true); // its renewal had opened meanwhile
        await system.MoveClockTo("2018-03-30");
        await DueAsync();
        var other = await system.RegisteredAccount();
        await system.SignedContract(other, "2018-03-31");
        await ToldAsync(other, [new Money(1200.00m, "EUR")], new DateOnly(2018, 3, 31), isOpen: false);
        await system.MoveClockTo("2018-04-01");
        await DueAsync();
        await ToldAsync(other, [], new DateOnly(2018, 3, 31), isOpen: true);
    }

    private async Task DueAsync()
    {
        using var answer = await system.Ops.PostAsync("/dev/due", null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What came with the highest version.</summary>
    private Task ToldAsync(Guid account, Money[] amounts, DateOnly? nextEndsOn, bool isOpen) =>
        Eventually.PassesAsync(() =>
        {
            var told = system.Messages.Of<ContractFiguresChanged>().OrderByDescending(m => m.Version)
                .SelectMany(m => m.Accounts).FirstOrDefault(a => a.AccountId == account);
            Assert.NotNull(told);
            Assert.Equal(amounts, told.AnnualAmounts);
            Assert.Equal((nextEndsOn, isOpen), (told.NextEndsOn, told.RenewalOpen)); // told between as well
            return Task.CompletedTask;
        });
}
