namespace CsPlatform.Contracts.Feedback.V1;

/// <summary>
/// A notice of what the people of accounts say at present. Coalesced, at least once, in any order: keep, for each
/// account, what came with the highest version. Published by Feedback.
/// </summary>
/// <param name="Accounts">Each account once, not empty.</param>
/// <param name="AsOf">When the figures were read, UTC.</param>
/// <param name="Version">A greater one is newer.</param>
public sealed record VoiceFiguresChanged(IReadOnlyList<VoiceFigures> Accounts, DateTimeOffset AsOf, long Version);

/// <summary>What the people of one account say: over the last answer of each in the window.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Nps">−100 to 100; null where nobody answered.</param>
/// <param name="Csat">The share of the two best answers of five, in percent; null where nobody answered.</param>
/// <param name="Ces">The mean on 1–7, 7 the easiest; null where nobody answered.</param>
/// <param name="NewestAt">When the newest of those answers was given, UTC; null where nobody answered.</param>
public sealed record VoiceFigures(
    Guid AccountId, decimal? Nps, decimal? Csat, decimal? Ces, DateTimeOffset? NewestAt);
