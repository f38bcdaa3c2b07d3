namespace CsPlatform.Health.Scoring;

/// <summary>
/// Version 1 of the model <c>default</c>. It serves daily use of a product and one order a month alike: frequency and
/// recency are absolute with long, concave curves (they separate sparse accounts), rhythm and trend are relative to the
/// account's own habit (they see a daily account fall silent within days).
/// </summary>
internal static class DefaultModel
{
    public const string Id = "default";

    public static ScoreModel Version1 { get; } = new(
        Id, 1, "Default: use, satisfaction, renewal",
        CoverageFloor: 0.5m,
        StoreStep: 3.0m,
        [
            new Measure("frequency", MeasureSource.Frequency, 30, 182,
                Points((0, 0), (0.5m, 10), (1, 30), (2, 50), (4, 65), (13, 85), (39, 100)),
                HalfLifeDays: 91, Prior: new RatePrior(0.5m, 60)),
            new Measure("recency", MeasureSource.Recency, 20, 182,
                Points((3, 100), (7, 95), (30, 70), (60, 40), (91, 20), (182, 0))),
            new Measure("rhythm", MeasureSource.Rhythm, 20, 182,
                Points((1.5m, 100), (3, 70), (6, 25), (12, 0)), MinimumFacts: 3),
            new Measure("trend", MeasureSource.UseTrend, 10, 28,
                Points((0, 0), (0.4m, 25), (0.7m, 65), (0.9m, 100)), BaselineDays: 84, MinimumFacts: 4),
            new Measure("breadth", MeasureSource.Breadth, 5, 91,
                Points((0, 0), (1, 25), (3, 65), (5, 90), (8, 100))),
            new Measure("depth", MeasureSource.Depth, 5, 28,
                Points((0, 0), (0.5m, 40), (0.9m, 100)), BaselineDays: 84, MinimumFacts: 4),
            new Measure("satisfaction", MeasureSource.SurveyAnswers, 5, 180,
                Points((0, 0), (60, 40), (80, 80), (100, 100))),
            new Measure("renewal", MeasureSource.DaysToRenewal, 5, 91,
                Points((-30, 0), (0, 20), (30, 50), (60, 70), (120, 100))),
        ],
        new BandEdges(GreenFrom: 70, GreenLeftBelow: 66, RedBelow: 40, RedLeftFrom: 45),
        new AlertPolicy(
            LowHealthBelow: 40, LowHealthClearsFrom: 48,
            DropPoints: 15, DropClearsWithin: 8, DropWindowDays: 28,
            TrendBelow: 0.4m, TrendClearsFrom: 0.7m,
            ClearEvaluations: 2, ClearSpacingHours: 20,
            CoolDownDays: 14, UpdateEveryDays: 7, UpdateStep: 5,
            new SeverityMap(
                HighBelow: 20, MediumBelow: 30, HighDrop: 30, MediumDrop: 20,
                ["vip"], RaisedWithinDaysOfRenewal: 60, [])));

    private static CurvePoint[] Points(params (decimal Value, decimal Points)[] points) =>
        [.. points.Select(p => new CurvePoint(p.Value, p.Points))];
}
