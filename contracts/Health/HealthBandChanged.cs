namespace CsPlatform.Contracts.Health.V1;

/// <summary>The account's health entered another band. Published by Health.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Score">Health score, 0 to 100, higher is better.</param>
/// <param name="Band">green, yellow or red; null while too little is known.</param>
/// <param name="PreviousBand">The band before; null where there was none.</param>
/// <param name="ModelId">The score model.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="OccurredAt">UTC time the score is as of.</param>
public sealed record HealthBandChanged(
    Guid AccountId, decimal Score, string? Band, string? PreviousBand, string ModelId, int ModelVersion,
    DateTimeOffset OccurredAt);
