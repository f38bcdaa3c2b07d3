namespace CsPlatform.Contracts.Accounts.V1;

/// <summary>An account became known. First message of every account; published by Accounts.</summary>
/// <param name="AccountId">The account, on every other message too.</param>
/// <param name="Details">Who the customer is, as registered.</param>
/// <param name="Version">Position in the account's stream; a consumer ignores details older than those it has.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record AccountRegistered(Guid AccountId, AccountDetails Details, long Version, DateTimeOffset OccurredAt);

/// <summary>Who the customer is: every member but the name may be unknown.</summary>
/// <param name="Name">Display name, not empty.</param>
/// <param name="Industry">Free text.</param>
/// <param name="Employees">Head count, zero or more.</param>
/// <param name="Country">ISO 3166-1 alpha-2, or free text from an import.</param>
/// <param name="Region">Sales region.</param>
/// <param name="City">City.</param>
/// <param name="Plan">Product plan.</param>
/// <param name="Tier">vip, potential, stable or atRisk.</param>
public sealed record AccountDetails(
    string Name, string? Industry = null, int? Employees = null, string? Country = null,
    string? Region = null, string? City = null, string? Plan = null, string? Tier = null);
