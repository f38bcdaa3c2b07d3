namespace CsPlatform.Contracts.Engagement.V1;

/// <summary>
/// A notice that figures of accounts' days changed, with the figures as they are now. Coalesced: many usage events of
/// many accounts make one notice. At least once, in any order: keep, for each account's day, the figures with the
/// highest version. Published by Engagement.
/// </summary>
/// <param name="Accounts">Whose days, not empty; at most 100 days in all.</param>
/// <param name="PublishedAt">UTC.</param>
public sealed record AccountDaysChanged(IReadOnlyList<ChangedDays> Accounts, DateTimeOffset PublishedAt);

/// <summary>Changed days of one account.</summary>
/// <param name="AccountId">The account, once in a notice.</param>
/// <param name="Days">The changed days, not empty.</param>
/// <param name="Traceparent">
/// W3C trace context of the write that changed the first of them; null where it had none.
/// </param>
public sealed record ChangedDays(Guid AccountId, IReadOnlyList<UsageDay> Days, string? Traceparent = null);

/// <summary>What an account's people did on one UTC day. Automation does not count.</summary>
/// <param name="Day">UTC day on which it occurred.</param>
/// <param name="Events">Usage events of people.</param>
/// <param name="ActiveUsers">Distinct people.</param>
/// <param name="Minutes">Minutes in the product, summed over people.</param>
/// <param name="Features">Distinct features used, sorted.</param>
/// <param name="Version">Grows with every change of this account's day.</param>
public sealed record UsageDay(
    DateOnly Day, int Events, int ActiveUsers, decimal Minutes, IReadOnlyList<string> Features, long Version);
