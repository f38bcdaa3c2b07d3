using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Alerts;

/// <summary>All that a subscriber needs to decide, act and trust, as it was at the decision.</summary>
internal sealed record AlertSnapshot(
    AccountSnapshot Account, HealthSnapshot Health, RuleSnapshot Rule, IReadOnlyList<Reason> Reasons,
    ExposureSnapshot? Exposure, RecommendedStep Recommended, bool LateData);

internal sealed record AccountSnapshot(
    Guid Id, string Name, IReadOnlyDictionary<string, string> ExternalIds, string? Tier, string? Stage, string? CsmId);

internal sealed record HealthSnapshot(
    decimal Score, decimal? Previous, Band? Band, Band? PreviousBand, decimal Coverage, string ModelId,
    int ModelVersion,
    bool ModelChanged, DateTimeOffset AsOf);

/// <param name="From">The score that a drop is measured from; none for the other kinds.</param>
internal sealed record RuleSnapshot(
    RuleKind Kind, int ModelVersion, decimal Threshold, decimal Observed, decimal ClearsAbove, int? WindowDays,
    decimal? From);

internal enum RuleKind { Threshold, Drop, Trend }

internal sealed record ExposureSnapshot(decimal Amount, string Currency, DateOnly RenewalOn, int DaysToRenewal);

internal sealed record RecommendedStep(string PlayId, DateTimeOffset DueBy);
