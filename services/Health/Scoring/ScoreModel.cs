namespace CsPlatform.Health.Scoring;

/// <summary>
/// How health is judged, as data. A published version never changes, so a score that names its version can always be
/// worked out again.
/// </summary>
/// <param name="ModelId">Which model; <c>default</c> scores every account.</param>
/// <param name="Version">From 1, growing by one with each publication.</param>
/// <param name="CoverageFloor">Share of the weights that must be known for a band or an alert, 0 to 1.</param>
/// <param name="StoreStep">A score is stored when it moved this many points or more since the last one stored.</param>
internal sealed record ScoreModel(
    string ModelId,
    int Version,
    string Name,
    decimal CoverageFloor,
    decimal StoreStep,
    IReadOnlyList<Measure> Measures,
    BandEdges Bands,
    AlertPolicy Alerts)
{
    /// <summary>How far back the measures look, so that no more facts are loaded than are needed.</summary>
    public int LookBackDays => Measures.Max(m => m.WindowDays + m.BaselineDays);
}

/// <summary>
/// One line of the score: what is measured over which days, what it is worth from 0 to 100 (a curve through points,
/// flat outside them), and its weight.
/// </summary>
/// <param name="Id">Stable name, e.g. <c>frequency</c>.</param>
/// <param name="WindowDays">Days looked at, the day of the score included.</param>
/// <param name="BaselineDays">Days before the window with which a measure of change compares; 0 for the others.</param>
/// <param name="HalfLifeDays">A fact this old counts half; none where all count the same.</param>
/// <param name="MinimumFacts">With fewer facts than this nothing is said, and the measure leaves the sum.</param>
/// <param name="Prior">What is assumed of an account of which nothing is known yet; fades as its history grows.</param>
internal sealed record Measure(
    string Id,
    MeasureSource Source,
    decimal Weight,
    int WindowDays,
    IReadOnlyList<CurvePoint> Curve,
    int BaselineDays = 0,
    int? HalfLifeDays = null,
    int MinimumFacts = 1,
    RatePrior? Prior = null)
{
    /// <summary>Points from 0 to 100, to one decimal place.</summary>
    public decimal PointsOf(decimal value)
    {
        if (value <= Curve[0].Value)
            return Curve[0].Points;

        for (var i = 1; i < Curve.Count; i++)
        {
            var (from, to) = (Curve[i - 1], Curve[i]);
            if (value <= to.Value)
            {
                var share = (value - from.Value) / (to.Value - from.Value);
                return Math.Round(from.Points + (share * (to.Points - from.Points)), 1, MidpointRounding.AwayFromZero);
            }
        }
        return Curve[^1].Points;
    }

    /// <summary>
    /// The value from which on the measure is worth the most: what an account is compared with in words.
    /// </summary>
    public decimal BestValue => Curve.MaxBy(p => p.Points)!.Value;
}

internal sealed record CurvePoint(decimal Value, decimal Points);

/// <summary>As if there had been this many returns in this many days before the first use.</summary>
internal sealed record RatePrior(decimal Returns, int Days);

internal enum MeasureSource
{
    /// <summary>Days of use after the first one, per 91 days of the account's life in the window.</summary>
    Frequency,

    /// <summary>
    /// Whole days without use since the last one; the day of the score has not ended and is none of them.
    /// </summary>
    Recency,

    /// <summary>The same days, in the account's own mean gaps between days of use.</summary>
    Rhythm,

    /// <summary>User-days a day in the window, over user-days a day in the baseline.</summary>
    UseTrend,

    /// <summary>Distinct features used.</summary>
    Breadth,

    /// <summary>
    /// Minutes (events, where no minutes are known) per user-day in the window, over the same in the baseline.
    /// </summary>
    Depth,

    /// <summary>Mean of the last answer per contact and metric, brought to 0–100, 100 the best.</summary>
    SurveyAnswers,

    /// <summary>Days to the end of the contract; negative when it has passed.</summary>
    DaysToRenewal,
}

/// <summary>
/// Edges of green, yellow and red, inclusive at the bottom. A band is left only past its own leaving edge, so a score
/// that trembles on an edge keeps its band.
/// </summary>
/// <param name="GreenFrom">Green is entered here.</param>
/// <param name="GreenLeftBelow">Green is left below this.</param>
/// <param name="RedBelow">Red is entered below this.</param>
/// <param name="RedLeftFrom">Red is left from here.</param>
internal sealed record BandEdges(decimal GreenFrom, decimal GreenLeftBelow, decimal RedBelow, decimal RedLeftFrom)
{
    public Band BandOf(decimal score, Band? previous) => previous switch
    {
        Band.Green when score >= GreenLeftBelow => Band.Green,
        Band.Red when score < RedLeftFrom => Band.Red,
        _ when score >= GreenFrom => Band.Green,
        _ when score < RedBelow => Band.Red,
        _ => Band.Yellow,
    };
}

internal enum Band { Green, Yellow, Red }

/// <summary>When an alert is raised, cleared, repeated. Shares the version of its model.</summary>
/// <param name="LowHealthBelow">lowHealth is raised below this score.</param>
/// <param name="LowHealthClearsFrom">and clears from this one on.</param>
/// <param name="DropPoints">usageDrop is raised when this many points are lost within the window.</param>
/// <param name="DropClearsWithin">
/// and clears when the score is back within this many points of where it fell from.
/// </param>
/// <param name="DropWindowDays">
/// How far back the highest score is looked for; later-known facts older than this never raise.
/// </param>
/// <param name="TrendBelow">
/// usageDrop is also raised when use falls below this share of the account's own baseline.
/// </param>
/// <param name="TrendClearsFrom">and clears from this share on.</param>
/// <param name="ClearEvaluations">So many evaluations in a row must find the score recovered,</param>
/// <param name="ClearSpacingHours">each at least this long after the one before.</param>
/// <param name="CoolDownDays">
/// A cleared alert whose condition returns this soon is reopened; a dismissed one stays shut.
/// </param>
/// <param name="UpdateEveryDays">No more updates than one in so many days,</param>
/// <param name="UpdateStep">and only when this many more points are lost.</param>
internal sealed record AlertPolicy(
    decimal LowHealthBelow, decimal LowHealthClearsFrom,
    decimal DropPoints, decimal DropClearsWithin, int DropWindowDays,
    decimal TrendBelow, decimal TrendClearsFrom,
    int ClearEvaluations, int ClearSpacingHours,
    int CoolDownDays, int UpdateEveryDays, decimal UpdateStep,
    SeverityMap Severity);

/// <summary>
/// Severity: high, medium or low by the score or by the points lost, whichever is worse; one step up for an account
/// whose tier is listed, whose renewal is near, or for whose contract's yearly amount a threshold in its currency is
/// met.
/// </summary>
internal sealed record SeverityMap(
    decimal HighBelow, decimal MediumBelow,
    decimal HighDrop, decimal MediumDrop,
    IReadOnlyList<string> RaisedForTiers,
    int RaisedWithinDaysOfRenewal,
    IReadOnlyList<ExposureThreshold> RaisedFromAnnualAmount);

internal sealed record ExposureThreshold(decimal Amount, string Currency);
