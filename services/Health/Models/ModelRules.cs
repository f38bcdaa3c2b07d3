using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Models;

/// <summary>What a model must keep to: reasons by member, empty where all is well.</summary>
internal static class ModelRules
{
    private const int MaxMeasures = 50;
    private const int MaxLookBackDays = 400;
    private const int MaxMinimumFacts = 10_000;
    private const int MaxNameLength = 200;
    private const int MaxListed = 50;

    /// <summary>Far from where sums and differences of decimals end.</summary>
    private const decimal MaxNumber = 1_000_000_000_000m;

    public static Dictionary<string, string[]> Check(ScoreModel model)
    {
        var errors = new Dictionary<string, string[]>();
        void Must(bool holds, string member, string reason)
        {
            if (!holds)
                errors[member] = [.. errors.GetValueOrDefault(member, []), reason];
        }

        // Nulls inside a list pass the JSON reader; nothing below could look at them.
        Must(model.Measures.All(m => m is { Curve: { } curve } && curve.All(p => p is not null)), "measures", "Must not hold null.");
        var severity = model.Alerts.Severity;
        Must(severity.RaisedForTiers.All(t => t is not null) && severity.RaisedFromAnnualAmount.All(a => a is not null),
            "alerts.severity", "Must not hold null.");
        if (errors.Count > 0)
            return errors;

        Must(!string.IsNullOrWhiteSpace(model.Name) && model.Name.Length <= MaxNameLength, "name", $"1 to {MaxNameLength} characters.");
        Must(model.CoverageFloor is >= 0 and <= 1, "coverageFloor", "Between 0 and 1.");
        Must(model.StoreStep is > 0 and <= 100, "storeStep", "Above 0, at most 100 points.");
        Must(model.Measures.Count is > 0 and <= MaxMeasures, "measures", $"1 to {MaxMeasures}.");
        Must(model.Measures.DistinctBy(m => m.Id).Count() == model.Measures.Count, "measures", "Ids must differ.");
        for (var i = 0; i < model.Measures.Count; i++)
            foreach (var reason in Check(model.Measures[i]))
                Must(false, $"measures[{i}]", reason);

        var bands = model.Bands;
        Must(bands.RedBelow <= bands.RedLeftFrom && bands.RedLeftFrom <= bands.GreenLeftBelow && bands.GreenLeftBelow <= bands.GreenFrom,
            "bands", "redBelow ≤ redLeftFrom ≤ greenLeftBelow ≤ greenFrom.");
        var alerts = model.Alerts;
        Must(alerts.LowHealthBelow < alerts.LowHealthClearsFrom, "alerts.lowHealthClearsFrom", "Above lowHealthBelow.");
        Must(alerts.DropPoints > alerts.DropClearsWithin && alerts.DropClearsWithin >= 0, "alerts.dropClearsWithin", "From 0, below dropPoints.");
        Must(alerts.DropWindowDays is > 0 and <= 28, "alerts.dropWindowDays", "1 to 28.");
        Must(alerts.TrendBelow < alerts.TrendClearsFrom, "alerts.trendClearsFrom", "Above trendBelow.");
        Must(alerts.ClearEvaluations is >= 1 and <= 30, "alerts.clearEvaluations", "1 to 30.");
        Must(alerts.ClearSpacingHours is >= 0 and <= 168, "alerts.clearSpacingHours", "0 to 168.");
        Must(alerts.CoolDownDays is >= 0 and <= 365, "alerts.coolDownDays", "0 to 365.");
        Must(alerts.UpdateEveryDays is >= 1 and <= 365, "alerts.updateEveryDays", "1 to 365.");
        Must(alerts.UpdateStep > 0, "alerts.updateStep", "Above 0.");
        Must(severity.RaisedForTiers.Count <= MaxListed && severity.RaisedFromAnnualAmount.Count <= MaxListed,
            "alerts.severity", $"Lists hold {MaxListed} at most.");
        Must(Numbers(model).All(n => Math.Abs(n) <= MaxNumber), "numbers", $"Within ±{MaxNumber:0}.");
        return errors;
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
        if (string.IsNullOrEmpty(measure.Id) || measure.Id.Length > 40 || !measure.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            yield return "id: 1 to 40 letters, digits, _ or -.";
        if (measure.Weight is <= 0 or > 1000)
            yield return "weight: above 0, at most 1000.";
        if (measure.WindowDays < 1 || measure.BaselineDays < 0 || (long)measure.WindowDays + measure.BaselineDays > MaxLookBackDays)
            yield return $"windowDays and baselineDays: together 1 to {MaxLookBackDays}.";
        if (measure.Source is MeasureSource.UseTrend or MeasureSource.Depth && measure.BaselineDays < measure.WindowDays)
            yield return "baselineDays: at least windowDays for a measure of change.";
        if (measure.HalfLifeDays is < 1)
            yield return "halfLifeDays: at least 1.";
        if (measure.MinimumFacts is < 1 or > MaxMinimumFacts)
            yield return $"minimumFacts: 1 to {MaxMinimumFacts}.";
        if (measure.Prior is { Days: < 1 } or { Returns: < 0 })
            yield return "prior: days at least 1, returns at least 0.";
        if (measure.Curve.Count is < 2 or > 50 || measure.Curve.Zip(measure.Curve.Skip(1)).Any(p => p.First.Value >= p.Second.Value))
            yield return "curve: 2 to 50 points, values rising.";
        if (measure.Curve.Any(p => p.Points is < 0 or > 100))
            yield return "curve: points from 0 to 100.";
    }
}
