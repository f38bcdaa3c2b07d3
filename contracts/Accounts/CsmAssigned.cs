namespace CsPlatform.Contracts.Accounts.V1;

/// <summary>The account has a (new) responsible customer success manager. Published by Accounts.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="CsmId">The user id of the CSM.</param>
/// <param name="Version">Position in the account's stream.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record CsmAssigned(Guid AccountId, string CsmId, long Version, DateTimeOffset OccurredAt);
