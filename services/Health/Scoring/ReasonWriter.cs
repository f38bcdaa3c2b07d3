namespace CsPlatform.Health.Scoring;

/// <summary>Says why, in words: the measures that cost most points first.</summary>
internal static class ReasonWriter
{
    private const int MaxReasons = 5;

    /// <param name="from">
    /// Points by measure of the score that a drop is measured from; without it the loss is against full marks.
    /// </param>
    public static IReadOnlyList<Reason> Write(ScoreModel model, Score score, IReadOnlyDictionary<string, decimal>? from)
    {
        var reasons = score.Contributions
            .Select(c => (Contribution: c, Points: c.Points - (from?.GetValueOrDefault(c.Measure) ?? c.FullPoints)))
            .Where(r => r.Points < 0)
            .OrderBy(r => r.Points)
            .Take(MaxReasons)
            .Select(r => Reason(model.Measures.First(m => m.Id == r.Contribution.Measure), r.Contribution, r.Points))
            .ToList();
        // A drop may come from nothing but measures that left the sum: then what is low now is the best answer.
        return reasons.Count == 0 && from is not null ? Write(model, score, null) : reasons;
    }

    private static Reason Reason(Measure measure, Contribution c, decimal points)
    {
        var (code, text) = Words(measure, c);
        return new(c.Measure, code, points, text, c.Value, c.Before ?? measure.BestValue, c.Evidence.FactCount);
    }

    private static (string Code, string Text) Words(Measure measure, Contribution c) => measure.Source switch
    {
        MeasureSource.Frequency => ("low_frequency",
            Text($"Comes back on about {c.Value:0.#} days in 91; full marks take {measure.BestValue:0.#}.")),
        MeasureSource.Recency when c.Value >= measure.WindowDays - 1 => (
            "silent", Text($"No use for {c.Value:0} days or more.")),
        MeasureSource.Recency => ("silent", Text($"No use for {c.Value:0} days.")),
        MeasureSource.Rhythm => ("rhythm_broken",
            Text($"Silent {c.Value:0.#} times as long as usual: the habit was every {c.Before:0.#} days.")),
        MeasureSource.UseTrend => ("usage_drop",
            Text($"Use over {measure.WindowDays} days is {100 * c.Value:0} % of the account's own level before.")),
        MeasureSource.Breadth => ("few_features", Text($"{c.Value:0} features used in {measure.WindowDays} days.")),
        MeasureSource.Depth => ("shallow_use",
            Text($"A user's day holds {100 * c.Value:0} % of the work it held before.")),
        MeasureSource.SurveyAnswers => ("unhappy_answers",
            Text($"Survey answers average {c.Value:0} of 100 ({c.Evidence.FactCount} answers).")),
        MeasureSource.DaysToRenewal when c.Value < 0 => (
            "contract_ended", Text($"The contract ended {-c.Value:0} days ago.")),
        MeasureSource.DaysToRenewal => ("renewal_near", Text($"The contract ends in {c.Value:0} days.")),
    };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>A measure that costs points, in words.</summary>
/// <param name="Points">Score points lost; negative.</param>
/// <param name="Text">Plain English.</param>
internal sealed record Reason(
    string Measure, string Code, decimal Points, string Text, decimal Observed, decimal Baseline, int FactCount);
