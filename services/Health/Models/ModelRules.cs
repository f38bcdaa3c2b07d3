using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Models;

/// <summary>What a model must keep to.</summary>
internal static class ModelRules
{
    private const int MaxMeasures = 50;
    private const int MaxLookBackDays = 400;
    private const int MaxMinimumFacts = 10_000;
    private const int MaxListed = 50;

    /// <summary>Far from where sums and differences of decimals end.</summary>
    private const decimal MaxNumber = 1_000_000_000_000m;

    public static void Check(ScoreModel model, FieldCheck check)
    {
        var severity = model.Alerts.Severity;
        // Nulls inside a list pass the JSON reader; nothing below could look at them.
        var (measuresHold, severityHolds) = (
            model.Measures.All(m => m is { Curve: { } curve } && curve.All(p => p is not null)),
            severity.RaisedForTiers.All(t => t is not null) && severity.RaisedFromAnnualAmount.All(a => a is not null));
        check.Must(measuresHold, "measures", "holds null");
        check.Must(severityHolds, "alerts.severity", "holds null");
        if (!measuresHold || !severityHolds)
            return;

        check.Within(model.CoverageFloor, "coverageFloor", 0, 1);
        check.Must(model.StoreStep is > 0 and <= 100, "storeStep", "is above 0 points, at most 100");
        check.Must(model.Measures.Count is > 0 and <= MaxMeasures, "measures", $"has 1 to {MaxMeasures}");
        check.Must(
            model.Measures.DistinctBy(m => m.Id).Count() == model.Measures.Count, "measures", "has an id twice");
        for (var i = 0; i < model.Measures.Count; i++)
            foreach (var reason in Check(model.Measures[i]))
                check.Refuse($"measures[{i}]", reason);

        var bands = model.Bands;
        check.Must(
            bands.RedBelow <= bands.RedLeftFrom && bands.RedLeftFrom <= bands.GreenLeftBelow
                && bands.GreenLeftBelow <= bands.GreenFrom,
            "bands", "keeps to redBelow ≤ redLeftFrom ≤ greenLeftBelow ≤ greenFrom");
        Check(model.Alerts, check);
        check.Must(severity.RaisedForTiers.Count <= MaxListed && severity.RaisedFromAnnualAmount.Count <= MaxListed,
            "alerts.severity", $"has lists of {MaxListed} at most");
        check.Must(Numbers(model).All(n => Math.Abs(n) <= MaxNumber), "numbers", $"lie within ±{MaxNumber:0}");
    }

    private static void Check(AlertPolicy alerts, FieldCheck check)
    {
        check.Must(alerts.LowHealthBelow < alerts.LowHealthClearsFrom,
            "alerts.lowHealthClearsFrom", "lies above lowHealthBelow");
        check.Must(alerts.DropPoints > alerts.DropClearsWithin && alerts.DropClearsWithin >= 0,
            "alerts.dropClearsWithin", "is at least 0 and below dropPoints");
        check.Must(alerts.TrendBelow < alerts.TrendClearsFrom, "alerts.trendClearsFrom", "lies above trendBelow");
        check.Must(alerts.UpdateStep > 0, "alerts.updateStep", "is above 0");
        check.Within(alerts.DropWindowDays, "alerts.dropWindowDays", 1, 28);
        check.Within(alerts.ClearEvaluations, "alerts.clearEvaluations", 1, 30);
        check.Within(alerts.ClearSpacingHours, "alerts.clearSpacingHours", 0, 168);
        check.Within(alerts.CoolDownDays, "alerts.coolDownDays", 0, 365);
        check.Within(alerts.UpdateEveryDays, "alerts.updateEveryDays", 1, 365);
    }

    private static IEnumerable<decimal> Numbers(ScoreModel model)
    {
        var (bands, alerts, severity) = (model.Bands, model.Alerts, model.Alerts.Severity);
        return
        [
            bands.GreenFrom, bands.GreenLeftBelow, bands.RedBelow, bands.RedLeftFrom,
            alerts.LowHealthBelow, alerts.LowHealthClearsFrom, alerts.DropPoints, alerts.DropClearsWithin,
            alerts.TrendBelow, alerts.TrendClearsFrom, alerts.UpdateStep,
            severity.HighBelow, severity.MediumBelow, severity.HighDrop, severity.MediumDrop,
            .. severity.RaisedFromAnnualAmount.Select(a => a.Amount),
            .. model.Measures.SelectMany(m => m.Curve).Select(p => p.Value),
            .. model.Measures.Select(m => m.Prior?.Returns ?? 0),
        ];
    }

    private static IEnumerable<string> Check(Measure measure)
    {
        if (string.IsNullOrEmpty(measure.Id) || measure.Id.Length > 40
            || !measure.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            yield return "has an id that is not 1 to 40 letters, digits, _ or -";
        if (measure.Weight is <= 0 or > 1000)
            yield return "has a weight that is not above 0 and at most 1000";
        if (measure.WindowDays < 1 || measure.BaselineDays < 0
            || (long)measure.WindowDays + measure.BaselineDays > MaxLookBackDays)
            yield return $"has windowDays and baselineDays that are not 1 to {MaxLookBackDays} together";
        if (measure.Source is MeasureSource.UseTrend or MeasureSource.Depth
            && measure.BaselineDays < measure.WindowDays)
            yield return "has fewer baselineDays than windowDays, though it measures change";
        if (measure.HalfLifeDays is < 1)
            yield return "has halfLifeDays below 1";
        if (measure.MinimumFacts is < 1 or > MaxMinimumFacts)
            yield return $"has minimumFacts that are not 1 to {MaxMinimumFacts}";
        if (measure.Prior is { Days: < 1 } or { Returns: < 0 })
            yield return "has a prior with days below 1 or returns below 0";
        if (measure.Curve.Count is < 2 or > 50
            || measure.Curve.Zip(measure.Curve.Skip(1)).Any(p => p.First.Value >= p.Second.Value))
            yield return "has a curve that is not 2 to 50 points with rising values";
        if (measure.Curve.Any(p => p.Points is < 0 or > 100))
            yield return "has a curve with points outside 0 to 100";
    }
}
