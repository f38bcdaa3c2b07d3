using CsPlatform.Health.Facts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Scores;

/// <summary>
/// One look at one account: its score now, and what of it must be stored. A repeat with the same facts at the same
/// moment stores nothing.
/// </summary>
/// <param name="Now">By the present model, all facts.</param>
/// <param name="OnTime">
/// The same, without what is no news of the customer since the last score stored: late facts older than the drop
/// window, and corrections of survey answers.
/// </param>
internal sealed record Assessment(
    ScoreModel Model, AccountFacts Facts, AccountHealth? Before, Score Now, Score OnTime, Band? Band,
    IReadOnlyList<IHealthEvent> Events)
{
    /// <summary>Whether the score before came from another version of the model.</summary>
    public bool ModelChanged => Before is not null && Before.ModelVersion != Model.Version;

    /// <summary>
    /// Whether the account's first score stands on facts about the past, as after an import or a backfill.
    /// </summary>
    public bool Backfilled => Before is null && Facts.Days.Any(d => d.LateAt is not null);

    public static Assessment Of(ModelHistory models, AccountFacts facts, AccountHealth? before, DateTimeOffset now)
    {
        var model = models.Current;
        var score = Scorer.Score(model, facts, now);
        if (facts.Account.Churned)
            return new(model, facts, before, score, score, before?.Band,
                before is { Frozen: false } ? [new HealthFrozen(before.Id, now)] : []);

        var band = score.Sufficient ? model.Bands.BandOf(score.Value, before?.Band) : (Band?)null;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var onTime = OnlyNews(model, facts, before, today.AddDays(-model.Alerts.DropWindowDays), score);
        var events = new List<IHealthEvent>();
        if (before is { Frozen: true })
            events.Add(new HealthResumed(before.Id, now));
        if (IsWorthKeeping(model, before, score, band))
            events.Add(Scored(models, facts, before, score, band));
        return new(model, facts, before, score, onTime, band, events);
    }

    private static Score OnlyNews(
        ScoreModel model, AccountFacts facts, AccountHealth? before, DateOnly day, Score score) =>
        before is not null && (facts.AnyLate(before.AsOf, day) || facts.AnyCorrection(before.AsOf))
            ? Scorer.Score(model, facts.WithoutCorrections(before.AsOf).WithoutLate(before.AsOf, day), score.AsOf)
            : score;

    private static bool IsWorthKeeping(ScoreModel model, AccountHealth? before, Score score, Band? band) =>
        before is null
            ? score.Contributions.Count > 0
            : before.ModelVersion != score.ModelVersion || before.ModelId != score.ModelId
              || before.Band != band
              || Math.Abs(before.Score - score.Value) >= model.StoreStep;

    private static HealthScored Scored(
        ModelHistory models, AccountFacts facts, AccountHealth? before, Score score, Band? band)
    {
        IReadOnlyList<ScoreChange> changes = [];
        if (before is not null)
        {
            var model = models.Version(before.ModelVersion);
            var sameModel = model.Version == score.ModelVersion ? score : Scorer.Score(model, facts, score.AsOf);
            var uncorrected = facts.AnyCorrection(before.AsOf) ? facts.WithoutCorrections(before.AsOf) : facts;
            var late = uncorrected == facts ? sameModel : Scorer.Score(model, uncorrected, score.AsOf);
            var today = DateOnly.FromDateTime(score.AsOf.UtcDateTime);
            var behaviour = uncorrected.AnyLate(before.AsOf, today)
                ? Scorer.Score(model, uncorrected.WithoutLate(before.AsOf, today), score.AsOf)
                : late;
            changes = ScoreLedger.Explain(before.Contributions, behaviour, late, sameModel, score);
        }
        return new(
            facts.Account.AccountId, score.ModelId, score.ModelVersion, score.AsOf, score.Value, band, score.Coverage,
            score.Contributions, score.Missing, changes, before?.Score, before?.Band,
            ModelChanged: before is not null && before.ModelVersion != score.ModelVersion,
            LateData: changes.Any(c => c.Cause == ChangeCause.LateData));
    }
}
