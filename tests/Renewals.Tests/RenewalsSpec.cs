using System.Globalization;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;
using CsPlatform.Renewals.Signing;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Renewals.Tests;

/// <summary>Named examples and the words given, when, then for contracts and renewals.</summary>
internal static class RenewalsSpec
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly Today = new(2026, 3, 1);
    public static readonly Guid AccountId = new("0195a000-0000-7000-8000-0000000000aa");
    public static readonly Guid ContractId = new("0195a000-0000-7000-8000-000000000001");
    public static readonly Guid SuccessorId = new("0195a000-0000-7000-8000-000000000002");

    /// <summary>100 EUR a month for 2026.</summary>
    public static SignContract Year2026 { get; } = new(
        AccountId, new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), 25, new Money(100m, "EUR"),
        BillingPeriod.Monthly, ContractId, ["core"], 90, AutoRenews: true);

    public static ContractSigned Signed(SignContract command, DateTimeOffset? at = null) =>
        Assert.IsType<ContractSigned>(Assert.Single(
            command.Decide(existing: null, command.ContractId!.Value, at ?? Now)));

    public static Contract Given(ContractSigned signed, params IContractEvent[] later) =>
        later.Aggregate(Contract.Create(signed), (contract, e) => e switch
        {
            ContractCameUpForRenewal cameUp => contract.Apply(cameUp),
            ContractContinued continued => contract.Apply(continued),
            _ => throw new ArgumentException("Not a later event.", nameof(later)),
        });

    public static Renewal Given(RenewalOpened opened, params RenewalClosed[] later) =>
        later.Aggregate(Renewal.Create(opened), (renewal, e) => renewal.Apply(e));

    public static Contract Term(string startsOn, string endsOn, int id = 1, params string[] products) =>
        Given(Signed(Year2026 with
        {
            ContractId = new Guid(id, 0, 0, new byte[8]),
            StartsOn = DateOnly.Parse(startsOn, CultureInfo.InvariantCulture),
            EndsOn = DateOnly.Parse(endsOn, CultureInfo.InvariantCulture),
            Products = products,
        }));

    public static void Refused(string code, Action when) =>
        Assert.Equal(code, Assert.Throws<RefusedException>(when).Code);
}
