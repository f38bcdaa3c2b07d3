using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Alerts;

/// <summary>Whether a category's condition holds for a score, and by which rule.</summary>
/// <param name="Rule">The rule that holds; none where none does.</param>
/// <param name="Lost">Points lost within the drop window.</param>
internal sealed record Condition(AlertCategory Category, RuleSnapshot? Rule, decimal Lost, PastScore? From)
{
    public bool Holds => Rule is not null;

    public static Condition Of(AlertCategory category, ScoreModel model, Score score, AccountHealth? before) =>
        category switch
        {
            AlertCategory.LowHealth => LowHealth(model, score),
            AlertCategory.UsageDrop => UsageDrop(
                model, score, before?.HighestSince(score.AsOf.AddDays(-model.Alerts.DropWindowDays), model.Version)),
        };

    public static Condition LowHealth(ScoreModel model, Score score)
    {
        var policy = model.Alerts;
        var rule = score.Value < policy.LowHealthBelow
            ? new RuleSnapshot(
                RuleKind.Threshold, model.Version, policy.LowHealthBelow, score.Value, policy.LowHealthClearsFrom, null,
                null)
            : null;
        return new(AlertCategory.LowHealth, rule, 0, null);
    }

    public static Condition UsageDrop(ScoreModel model, Score score, PastScore? highest)
    {
        var policy = model.Alerts;
        var lost = highest is null ? 0 : highest.Score - score.Value;
        if (lost >= policy.DropPoints)
            return new(AlertCategory.UsageDrop, new(
                RuleKind.Drop, model.Version, -policy.DropPoints, -lost, highest!.Score - policy.DropClearsWithin,
                policy.DropWindowDays, highest.Score), lost, highest);

        var rule = Trend(model, score) is { } trend && trend < policy.TrendBelow
            ? new RuleSnapshot(
                RuleKind.Trend, model.Version, policy.TrendBelow, trend, policy.TrendClearsFrom,
                model.Measures.First(m => m.Source == MeasureSource.UseTrend).WindowDays, null)
            : null;
        return new(AlertCategory.UsageDrop, rule, lost, null);
    }

    /// <summary>Whether the ground of an open alert is gone: past its own clearing edge, and no rule holds.</summary>
    public bool Recovered(RuleSnapshot raisedOn, ScoreModel model, Score score) => !Holds && raisedOn.Kind switch
    {
        RuleKind.Trend => Trend(model, score) >= raisedOn.ClearsAbove,
        RuleKind.Threshold or RuleKind.Drop => score.Value >= raisedOn.ClearsAbove,
    };

    /// <summary>The model's measure of trend; none where it has none.</summary>
    public static string? TrendMeasure(ScoreModel model) =>
        model.Measures.FirstOrDefault(m => m.Source == MeasureSource.UseTrend)?.Id;

    /// <summary>Use now over the account's own baseline; none where no baseline is to be had.</summary>
    private static decimal? Trend(ScoreModel model, Score score) =>
        score.Contributions.FirstOrDefault(c => c.Measure == TrendMeasure(model))?.Value;
}
