using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Contracts.Tests;

/// <summary>One named sample of each message between services; its golden file is what it looks like on the wire.</summary>
internal static class Samples
{
    public static readonly Guid AccountId = Guid.Parse("0198f6c2-1c4b-7d02-8a6e-5b1f0c9d2e34");
    private static readonly Guid AlertId = Guid.Parse("0198f6c2-7d1e-7a55-9d0e-0d5c2b7a9e12");
    private static readonly Guid ContractId = Guid.Parse("0198f6c2-2a10-7c3d-b1f0-6a4e9d8c7b5a");
    private static readonly DateTimeOffset At = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);
    private static readonly AccountDetails Details = new(
        "Blue Finch Logistics", "logistics", 420, "DE", "EMEA", "Hamburg", "business", "vip");

    public static IReadOnlyList<object> All { get; } =
    [
        new AccountRegistered(AccountId, Details, 1, At),
        new AccountDetailsCorrected(AccountId, Details with { Employees = 450 }, 4, At),
        new ExternalKeyLinked(AccountId, "crm", "0042", 2, At),
        new CsmAssigned(AccountId, "usr_9", 3, At),
        new StageEntered(AccountId, "adoption", 5, At),
        new AccountDaysChanged(
            [
                new ChangedDays(
                    AccountId, [new UsageDay(new DateOnly(2026, 3, 1), 128, 9, 342.5m, ["reports", "search"], 17)],
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            ],
            At),
        new FirstUseSeen(AccountId, At),
        new SurveyAnswered(
            Guid.Parse("0198f6c2-3b21-7e4f-a2c3-7b5d8e9f0a1b"), AccountId, "contact-7", "nps", 6, new SurveyScale(0, 10, true), At),
        new HealthBandChanged(AccountId, 46.0m, "red", "yellow", "adoption-default", 7, At),
        new ChurnRiskRaised(
            AlertId, AccountId, "usageDrop", "high", "Weekly active users fell from 21 to 9.", 1, At),
        new ChurnRiskEscalated(AlertId, AccountId, "usageDrop", "high", 2, At),
        new ChurnRiskCleared(AlertId, AccountId, "usageDrop", "recovered", 3, At),
        new ChurnRiskRetracted(AlertId, AccountId, "usageDrop", "Late usage of 1 March arrived.", 4, At),
        new ContractSigned(
            ContractId, AccountId, new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), 50, new Money(120000.00m, "EUR"), At),
        new RenewalOpened(
            Guid.Parse("0198f6c2-4c32-7f50-b3d4-8c6e9fa01b2c"), ContractId, AccountId, new DateOnly(2026, 12, 31),
            new Money(120000.00m, "EUR"), At),
    ];

    public static object Of(Type type) => All.Single(x => x.GetType() == type);

    /// <summary>The wire name of a message: service, kebab-cased type and version, as in its golden file's name.</summary>
    public static string WireName(Type type)
    {
        var parts = type.Namespace!.Split('.');
        var kebab = string.Concat(type.Name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : $"{c}"));
        return $"{parts[^2]}.{kebab}.{parts[^1]}".ToLowerInvariant();
    }
}
