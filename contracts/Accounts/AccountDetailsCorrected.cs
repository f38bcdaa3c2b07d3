namespace CsPlatform.Contracts.Accounts.V1;

/// <summary>The account's details changed; carries all of them. Published by Accounts.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Details">The details after the change.</param>
/// <param name="Version">Position in the account's stream.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record AccountDetailsCorrected(
    Guid AccountId, AccountDetails Details, long Version, DateTimeOffset OccurredAt);
