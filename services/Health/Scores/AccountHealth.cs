using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Scores;

/// <summary>
/// The account's health as last stored, and the scores of the weeks before that drops are measured against.
/// </summary>
/// <param name="Recent">
/// Oldest first: the last <see cref="RecentDays"/> days, and the score that held when they began.
/// </param>
internal sealed partial record AccountHealth(
    Guid Id, string ModelId, int ModelVersion, DateTimeOffset AsOf, decimal Score, Band? Band, decimal Coverage,
    IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> Missing, IReadOnlyList<ScoreChange> Changes,
    decimal? Previous, Band? PreviousBand, bool LateData, bool Frozen, IReadOnlyList<PastScore> Recent)
{
    public const int RecentDays = 35;

    public static AccountHealth Create(HealthScored e) => From(e, []);

    public AccountHealth Apply(HealthScored e) => From(e, Recent);

    public AccountHealth Apply(HealthFrozen _) => this with { Frozen = true };

    public AccountHealth Apply(HealthResumed _) => this with { Frozen = false };

    /// <summary>
    /// Score now minus the one that held so many days ago; none where there was none or another model made it.
    /// </summary>
    public decimal? TrendOver(int days, Score score, DateTimeOffset now)
    {
        var then = Recent.LastOrDefault(p => p.AsOf <= now.AddDays(-days));
        return then is null || then.ModelVersion != score.ModelVersion ? null : score.Value - then.Score;
    }

    /// <summary>
    /// The highest score under this model's version that held at any time since <paramref name="since"/>.
    /// </summary>
    public PastScore? HighestSince(DateTimeOffset since, int modelVersion)
    {
        var held = Recent.LastOrDefault(p => p.AsOf <= since);
        return Recent
            .Where(p => p.ModelVersion == modelVersion && (p.AsOf > since || p == held))
            .MaxBy(p => (p.Score, p.AsOf));
    }

    private static AccountHealth From(HealthScored e, IReadOnlyList<PastScore> recent)
    {
        var now = new PastScore(
            e.AsOf, e.Score, e.ModelVersion, e.Contributions.ToDictionary(c => c.Measure, c => c.Points));
        var horizon = e.AsOf.AddDays(-RecentDays);
        var kept = recent.SkipWhile((p, i) => i + 1 < recent.Count && recent[i + 1].AsOf <= horizon);
        return new(
            e.AccountId, e.ModelId, e.ModelVersion, e.AsOf, e.Score, e.Band, e.Coverage, e.Contributions, e.Missing,
            e.Changes,
            e.Previous, e.PreviousBand, e.LateData, Frozen: false,
            // Below the coverage floor there is no band: such a score says too little for a drop or a trend to start
            // from.
            e.Band is null ? [.. kept] : [.. kept, now]);
    }
}

/// <param name="Points">Score points by measure.</param>
internal sealed record PastScore(
    DateTimeOffset AsOf, decimal Score, int ModelVersion, IReadOnlyDictionary<string, decimal> Points);
