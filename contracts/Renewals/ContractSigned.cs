namespace CsPlatform.Contracts.Renewals.V1;

/// <summary>The account is bound by a (new) contract. Published by Renewals.</summary>
/// <param name="ContractId">The contract.</param>
/// <param name="AccountId">The account.</param>
/// <param name="StartsOn">First day of the term.</param>
/// <param name="EndsOn">Last day of the term.</param>
/// <param name="Seats">Licensed seats, at least 1.</param>
/// <param name="AnnualAmount">Recurring amount of a year.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ContractSigned(
    Guid ContractId, Guid AccountId, DateOnly StartsOn, DateOnly EndsOn, int Seats, Money AnnualAmount,
    DateTimeOffset OccurredAt);
