namespace CsPlatform.Demo.Measuring;

/// <summary>One customer at the end of one day, as it was judged then, and what became of it.</summary>
/// <param name="Score">Null where too little was known for one.</param>
/// <param name="DaysSilent">Days since its last use; null where it never used anything.</param>
/// <param name="Flagged">An alert was open.</param>
internal sealed record CutCase(Guid AccountId, decimal? Score, int? DaysSilent, bool Flagged, bool Left);

/// <summary>How well the customers of one day were told apart.</summary>
internal sealed record CutReport(
    DateOnly Day, AlertQuality Alerts, double? ScoreAuc, double? RecencyAuc, int WithoutScore)
{
    // Nothing known is worth neither alarm nor trust.
    private const double UnknownRisk = 50;
    private const double NeverUsed = 10_000;

    public static CutReport Of(DateOnly day, IReadOnlyCollection<CutCase> cases) => new(
        day,
        new(cases.Count, cases.Count(c => c.Flagged), cases.Count(c => c.Left), cases.Count(c => c.Flagged && c.Left)),
        Ranking.Auc(
            cases.Select(c => new RankedCase(c.Score is { } score ? 100 - (double)score : UnknownRisk, c.Left))),
        Ranking.Auc(cases.Select(c => new RankedCase(c.DaysSilent ?? NeverUsed, c.Left))),
        cases.Count(c => c.Score is null));
}
