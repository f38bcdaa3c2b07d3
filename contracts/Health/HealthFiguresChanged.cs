namespace CsPlatform.Contracts.Health.V1;

/// <summary>
/// A notice of accounts' health figures as they are now: told with every change of a point, of the band, and of a day.
/// Coalesced, at least once, in any order: keep, for each account, what came with the highest version. Published by
/// Health.
/// </summary>
/// <param name="Accounts">Each account once, not empty.</param>
/// <param name="AsOf">When the figures were read, UTC.</param>
/// <param name="Version">A greater one is newer.</param>
public sealed record HealthFiguresChanged(IReadOnlyList<HealthFigures> Accounts, DateTimeOffset AsOf, long Version);

/// <summary>How one account is.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Score">0 to 100, higher is better; null where nothing is known any more.</param>
/// <param name="Coverage">Share of the model's weight that is known, 0 to 1; null without a score.</param>
/// <param name="Band">green, yellow or red; null while too little is known.</param>
/// <param name="Drivers">What costs most, the most first; at most three.</param>
public sealed record HealthFigures(
    Guid AccountId, decimal? Score, decimal? Coverage, string? Band, IReadOnlyList<HealthDriver> Drivers);

/// <summary>What a measure costs.</summary>
/// <param name="Measure">Of the score model.</param>
/// <param name="Points">Score points below its full marks, more than 0.</param>
public sealed record HealthDriver(string Measure, decimal Points);
