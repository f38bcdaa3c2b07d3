using System.Globalization;

namespace CsPlatform.Renewals.Tests.Pipeline;

/// <summary>Renewals in real time, where the scheduler runs the sweep.</summary>
public sealed class ScheduledRenewals : RenewalsSystem
{
    protected override PlatformOptions Options => new();
}

public sealed class ScheduledSweepTests(ScheduledRenewals system) : IClassFixture<ScheduledRenewals>
{
    [Fact]
    public async Task Scheduled_job_opens_what_came_due_while_the_service_was_down()
    {
        var accountId = await system.RegisteredAccount();
        var inTenDays = TimeProvider.System.GetUtcNow().AddDays(10)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var contractId = await system.SignedContract(accountId, inTenDays);
        await system.KillAsync("renewals");

        await system.RestartAsync("renewals");

        await Eventually.HoldsAsync(async () =>
            (await system.Contract(contractId)).GetProperty("renewalId").ValueKind == JsonValueKind.String);
        await Eventually.HoldsAsync(() => Task.FromResult(
            system.Messages.Of<CsPlatform.Contracts.Renewals.V1.RenewalOpened>().Count(
                m => m.ContractId == contractId) == 1));
    }
}
