namespace CsPlatform.Contracts.Accounts.V1;

/// <summary>
/// A system's own key now names this account. A usage event whose <c>subject</c> is <c>system/key</c> belongs to it.
/// Published by Accounts, for keys given at registration too.
/// </summary>
/// <param name="AccountId">The account.</param>
/// <param name="System">The system that knows the account by this key, e.g. <c>crm</c>; lower case.</param>
/// <param name="Key">The key, exactly as that system writes it.</param>
/// <param name="Version">Position in the account's stream.</param>
/// <param name="OccurredAt">UTC.</param>
public sealed record ExternalKeyLinked(
    Guid AccountId, string System, string Key, long Version, DateTimeOffset OccurredAt);
