namespace CsPlatform.Contracts.Engagement.V1;

/// <summary>
/// A notice that figures of an account's days changed, with the figures as they are now. Coalesced: many usage events
/// make one notice. At least once, in any order: keep, for each day, the figures with the highest version.
/// Published by Engagement.
/// </summary>
/// <param name="AccountId">The account.</param>
/// <param name="Days">The changed days, not empty.</param>
/// <param name="PublishedAt">UTC.</param>
public sealed record AccountDaysChanged(Guid AccountId, IReadOnlyList<UsageDay> Days, DateTimeOffset PublishedAt);

/// <summary>What an account's people did on one UTC day. Automation does not count.</summary>
/// <param name="Day">UTC day on which it occurred.</param>
/// <param name="Events">Usage events of people.</param>
/// <param name="ActiveUsers">Distinct people.</param>
/// <param name="Minutes">Minutes in the product, summed over people.</param>
/// <param name="Features">Distinct features used, sorted.</param>
/// <param name="Version">Grows with every change of this account's day.</param>
public sealed record UsageDay(
    DateOnly Day, int Events, int ActiveUsers, decimal Minutes, IReadOnlyList<string> Features, long Version);
