namespace CsPlatform.Contracts.Engagement.V1;

/// <summary>
/// A notice of accounts' figures of use as they are now. Coalesced, at least once, in any order: keep, for each
/// account, what came with the highest version. Published by Engagement.
/// </summary>
/// <param name="Accounts">Each account once, not empty.</param>
/// <param name="AsOf">When the figures were read, UTC.</param>
/// <param name="Version">A greater one is newer.</param>
public sealed record UseFiguresChanged(IReadOnlyList<UseFigures> Accounts, DateTimeOffset AsOf, long Version);

/// <summary>How much one account uses the product.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="ActiveDays">UTC days with use among the last 28, today included.</param>
/// <param name="ActiveUsers">Distinct people in them.</param>
/// <param name="LastUseOn">The last UTC day with use; null before the first.</param>
public sealed record UseFigures(Guid AccountId, int ActiveDays, int ActiveUsers, DateOnly? LastUseOn);
