using CsPlatform.Health.Facts;

namespace CsPlatform.Health.Scoring;

/// <summary>
/// score = Σ weight × points / Σ weight over the measures that are known (domain: Gainsight's weighted mean), rounded
/// to a tenth; coverage = Σ known weight / Σ weight. Pure: no clock, no I/O. The contributions, in tenths too, sum to
/// the score exactly: each is rounded down, and the tenths left over go to those that lost most by it.
/// </summary>
internal static class Scorer
{
    public static Score Score(ScoreModel model, AccountFacts facts, DateTimeOffset asOf)
    {
        var known = new List<MeasurePoints>();
        var missing = new List<string>();
        foreach (var measure in model.Measures)
            if (Readings.Read(measure, facts, asOf) is { } reading)
                known.Add(new(measure.Id, measure.Weight, measure.PointsOf(reading.Value), reading));
            else
                missing.Add(measure.Id);

        var coverage = Math.Round(
            known.Sum(m => m.Weight) / model.Measures.Sum(m => m.Weight), 2, MidpointRounding.ToZero);
        var (score, shares) = Shares(known.ConvertAll(m => (m.Weight, m.Points)));
        var (_, full) = Shares(known.ConvertAll(m => (m.Weight, 100m)));
        var contributions = known.Select((m, i) => new Contribution(
            m.Id, m.Weight, m.Reading.Value, m.Reading.Before, m.Points, shares[i], full[i],
            m.Reading.Evidence)).ToList();

        return new Score(
            model.ModelId, model.Version, asOf, score, coverage, coverage >= model.CoverageFloor, contributions,
            missing);
    }

    /// <summary>The weighted mean to a tenth, and each item's share of it to a tenth. Nothing gives nought.</summary>
    public static (decimal Score, decimal[] Shares) Shares(IReadOnlyList<(decimal Weight, decimal Points)> items)
    {
        var total = items.Sum(i => i.Weight);
        if (total == 0)
            return (0.0m, new decimal[items.Count]);

        var exact = items.Select(i => i.Weight * i.Points * 10 / total).ToArray();
        var tenths = (int)Math.Round(items.Sum(i => i.Weight * i.Points * 10) / total, MidpointRounding.AwayFromZero);
        var shares = exact.Select(decimal.Floor).ToArray();
        var left = tenths - (int)shares.Sum();
        foreach (var i in Enumerable.Range(0, items.Count).OrderByDescending(i => exact[i] - shares[i]).ThenBy(i => i).Take(left))
            shares[i] += 1;

        return (InTenths(tenths), [.. shares.Select(InTenths)]);
    }

    // Built with a scale of one, so that 46 is written 46.0 everywhere.
    private static decimal InTenths(decimal tenths) => new((int)Math.Abs(tenths), 0, 0, tenths < 0, 1);

    private sealed record MeasurePoints(string Id, decimal Weight, decimal Points, Reading Reading);
}

/// <summary>An account's health at a moment, with everything that made it.</summary>
/// <param name="Value">0 to 100, higher is better, one decimal place; the sum of the contributions.</param>
/// <param name="Coverage">Share of the model's weight that is known, 0 to 1.</param>
/// <param name="Sufficient">False below the model's floor: then there is no band and no alert.</param>
/// <param name="Missing">Measures that left the sum for want of facts.</param>
internal sealed record Score(
    string ModelId, int ModelVersion, DateTimeOffset AsOf, decimal Value, decimal Coverage, bool Sufficient,
    IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> Missing);

/// <summary>One measure's part in a score.</summary>
/// <param name="Value">What was measured, in the measure's own unit.</param>
/// <param name="Before">The baseline it was compared with, where it is a measure of change.</param>
/// <param name="MeasurePoints">What that is worth by the curve, 0 to 100.</param>
/// <param name="Points">Its part of the score, in score points.</param>
/// <param name="FullPoints">What it would be at full marks: the difference is what this measure costs.</param>
internal sealed record Contribution(
    string Measure, decimal Weight, decimal Value, decimal? Before, decimal MeasurePoints, decimal Points,
    decimal FullPoints, Evidence Evidence);
