using CsPlatform.Feedback.Answers;

namespace CsPlatform.Feedback.Figures;

/// <summary>NPS = 100 × (promoters 9–10 − detractors 0–6) / n; no value when nobody answered.</summary>
/// <param name="Value">−100 to 100, rounded to four decimals.</param>
internal sealed record NpsFigure(
    decimal? Value, int N, bool LowSample, int Promoters, int Passives, int Detractors, Scale Scale);

/// <summary>CSAT on 1–5: the share of the two best answers, and the mean.</summary>
internal sealed record CsatFigure(decimal? TopTwoBoxPercent, decimal? Mean, int N, bool LowSample, Scale Scale);

/// <summary>CES on 1–7, 7 the easiest: the mean (CES_mean), and the share of the answers 5–7 (CES_easy%).</summary>
internal sealed record CesFigure(decimal? Mean, decimal? EasyPercent, int N, bool LowSample, Scale Scale);

/// <summary>Answers on another scale than the metric's standard one, each scale by itself.</summary>
/// <param name="Mean">As answered, on the scale beside it: on a reversed scale lower is better.</param>
/// <param name="FavourablePercent">
/// Top two box (CSAT) or easy (CES), counted from the best end of the scale. No value where the definition does not
/// reach: CSAT's needs five steps, CES's seven.
/// </param>
internal sealed record OtherScaleFigure(
    Metric Metric, Scale Scale, decimal? FavourablePercent, decimal? Mean, int N, bool LowSample);

/// <summary>An account's figures over the last answer of each person, per metric and scale, in one window.</summary>
internal sealed record AccountFigures(
    NpsFigure Nps, CsatFigure Csat, CesFigure Ces, IReadOnlyList<OtherScaleFigure> OtherScales)
{
    /// <summary>Below this many persons a figure says little.</summary>
    public const int LowSampleBelow = 5;

    /// <summary>Order and repeats of the answers do not matter.</summary>
    public static AccountFigures Of(IEnumerable<AccountAnswer> answersInWindow)
    {
        var scores = answersInWindow
            .GroupBy(a => (a.Metric, a.Scale))
            .ToDictionary(g => g.Key, g => g.GroupBy(a => a.ContactId, (_, own) => LastOf(own).Score).ToList());

        return new AccountFigures(
            NpsOf(Standard(Metric.Nps)), CsatOf(Standard(Metric.Csat)), CesOf(Standard(Metric.Ces)),
            [.. scores
                .Where(s => s.Key.Scale != Scale.StandardOf(s.Key.Metric))
                .OrderBy(s => s.Key.Metric).ThenBy(s => s.Key.Scale.Min).ThenBy(s => s.Key.Scale.Max)
                .ThenBy(s => s.Key.Scale.HigherIsBetter)
                .Select(s => OtherOf(s.Key.Metric, s.Key.Scale, s.Value))]);

        IReadOnlyList<int> Standard(Metric metric) => scores.GetValueOrDefault((metric, Scale.StandardOf(metric)), []);
    }

    public static NpsFigure NpsOf(IReadOnlyList<int> scores)
    {
        var promoters = scores.Count(s => s >= 9);
        var detractors = scores.Count(s => s <= 6);
        return new NpsFigure(
            Percent(promoters - detractors, scores.Count), scores.Count, IsLow(scores),
            promoters, scores.Count - promoters - detractors, detractors, Scale.StandardOf(Metric.Nps));
    }

    public static CsatFigure CsatOf(IReadOnlyList<int> scores)
    {
        var scale = Scale.StandardOf(Metric.Csat);
        return new CsatFigure(Favourable(Metric.Csat, scale, scores), Mean(scores), scores.Count, IsLow(scores), scale);
    }

    public static CesFigure CesOf(IReadOnlyList<int> scores)
    {
        var scale = Scale.StandardOf(Metric.Ces);
        return new CesFigure(Mean(scores), Favourable(Metric.Ces, scale, scores), scores.Count, IsLow(scores), scale);
    }

    private static OtherScaleFigure OtherOf(Metric metric, Scale scale, List<int> scores) =>
        new(metric, scale, Favourable(metric, scale, scores), Mean(scores), scores.Count, IsLow(scores));

    // Two answers at one instant: the id decides, so that the figure does not depend on the order of reading.
    private static AccountAnswer LastOf(IEnumerable<AccountAnswer> answers) =>
        answers.MaxBy(a => (a.AnsweredAt, a.Id))!;

    private static decimal? Favourable(Metric metric, Scale scale, IReadOnlyList<int> scores)
    {
        int? bestSteps = (metric, scale.Steps) switch
        {
            (Metric.Csat, 5) => 2,
            (Metric.Ces, 7) => 3,
            _ => null,
        };
        return bestSteps is { } best ? Percent(scores.Count(s => scale.StepsFromBest(s) < best), scores.Count) : null;
    }

    private static decimal? Percent(int part, int n) => n == 0 ? null : decimal.Round(100m * part / n, 4);

    private static decimal? Mean(IReadOnlyList<int> scores) =>
        scores.Count == 0 ? null : decimal.Round((decimal)scores.Sum() / scores.Count, 4);

    private static bool IsLow(IReadOnlyList<int> scores) => scores.Count < LowSampleBelow;
}
