namespace CsPlatform.Contracts.Renewals.V1;

/// <summary>
/// A contract nears its end and its renewal is now worked on. Published by Renewals, once a contract.
/// </summary>
/// <param name="RenewalId">The renewal.</param>
/// <param name="ContractId">The contract to renew.</param>
/// <param name="AccountId">The account.</param>
/// <param name="DueOn">Last day of the contract's term.</param>
/// <param name="AnnualAmount">Recurring amount of a year that is up for renewal.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record RenewalOpened(
    Guid RenewalId, Guid ContractId, Guid AccountId, DateOnly DueOn, Money AnnualAmount, DateTimeOffset OccurredAt);
