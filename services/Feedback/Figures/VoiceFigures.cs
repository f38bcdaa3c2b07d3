using CsPlatform.Feedback.Answers;

namespace CsPlatform.Feedback.Figures;

/// <summary>What the people of an account say at present: one number for each question, on its standard scale.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Nps">−100 to 100.</param>
/// <param name="Csat">The share of the two best answers of five, in percent.</param>
/// <param name="Ces">The mean on 1–7, 7 the easiest.</param>
internal sealed record VoiceFigures(Guid AccountId, VoiceFigure Nps, VoiceFigure Csat, VoiceFigure Ces)
{
    /// <summary>Over the last answer of each person; order and repeats do not matter.</summary>
    public static VoiceFigures Of(Guid accountId, IReadOnlyList<AccountAnswer> answersInWindow)
    {
        var figures = AccountFigures.Of(answersInWindow);
        return new(
            accountId,
            new(figures.Nps.Value, figures.Nps.N, figures.Nps.LowSample, Newest(Metric.Nps)),
            new(figures.Csat.TopTwoBoxPercent, figures.Csat.N, figures.Csat.LowSample, Newest(Metric.Csat)),
            new(figures.Ces.Mean, figures.Ces.N, figures.Ces.LowSample, Newest(Metric.Ces)));

        DateTimeOffset? Newest(Metric metric) => answersInWindow
            .Where(a => a.Metric == metric && a.Scale == Scale.StandardOf(metric))
            .Max(a => (DateTimeOffset?)a.AnsweredAt);
    }
}

/// <param name="Value">None where nobody answered.</param>
/// <param name="Count">Persons whose last answer counts.</param>
/// <param name="LowSample">Fewer than five persons: it says little.</param>
/// <param name="NewestAt">When the newest of those answers was given. UTC.</param>
internal sealed record VoiceFigure(decimal? Value, int Count, bool LowSample, DateTimeOffset? NewestAt);
