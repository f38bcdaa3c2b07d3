using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Contracts;

internal enum ContractStatus
{
    Upcoming,
    Active,

    /// <summary>Over, and another contract carries the term on.</summary>
    Renewed,

    /// <summary>Over, and none does.</summary>
    Lapsed,
}

/// <summary>A contract as signed, and what became of it. Written with its events, so never stale.</summary>
internal sealed partial record Contract(
    Guid Id, Guid AccountId, DateOnly StartsOn, DateOnly EndsOn, int Seats, IReadOnlyList<string> Products,
    Money RecurringAmount, BillingPeriod BillingPeriod, Money AnnualAmount, int? NoticePeriodDays, bool AutoRenews,
    DateTimeOffset SignedAt, Guid? RenewalId, Guid? SuccessorId, long Version)
{
    /// <summary>A contract entered after its end is history: nothing is left to renew, so no renewal opens.</summary>
    public bool HadEndedWhenSigned => EndsOn < DateOnly.FromDateTime(SignedAt.UtcDateTime);

    public static Contract Create(ContractSigned e) => new(
        e.ContractId, e.AccountId, e.StartsOn, e.EndsOn, e.Seats, e.Products, e.RecurringAmount, e.BillingPeriod,
        e.AnnualAmount, e.NoticePeriodDays, e.AutoRenews, e.OccurredAt, RenewalId: null, SuccessorId: null, Version: 1);

    public Contract Apply(ContractCameUpForRenewal e) => this with { RenewalId = e.RenewalId };

    public Contract Apply(ContractContinued e) => this with { SuccessorId = e.SuccessorId };

    /// <summary>Days are UTC days.</summary>
    public ContractStatus StatusOn(DateOnly today) =>
        today < StartsOn ? ContractStatus.Upcoming
        : today <= EndsOn ? ContractStatus.Active
        : SuccessorId is null ? ContractStatus.Lapsed
        : ContractStatus.Renewed;

    /// <summary>
    /// Whether this contract carries the term of <paramref name="earlier"/> on: same account, ends later, starts within
    /// so many days of the earlier one's end (before or after), and shares a product where both name some.
    /// </summary>
    public bool Continues(Contract earlier, int withinDays) =>
        Id != earlier.Id && AccountId == earlier.AccountId &&
        StartsOn > earlier.StartsOn && EndsOn > earlier.EndsOn &&
        Math.Abs(StartsOn.DayNumber - (earlier.EndsOn.DayNumber + 1)) <= withinDays &&
        (Products.Count == 0 || earlier.Products.Count == 0 || Products.Intersect(earlier.Products).Any());
}
