using CsPlatform.Feedback.Answers;
using V1 = CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.Feedback.Figures;

/// <summary>What the people of an account say at present. Pure.</summary>
internal static class AccountVoice
{
    /// <summary>Over the last answer of each person, on the standard scales; order and repeats do not matter.</summary>
    public static V1.VoiceFigures Figures(Guid accountId, IEnumerable<AccountAnswer> answersInWindow)
    {
        var answers = answersInWindow.Where(a => a.Scale == Scale.StandardOf(a.Metric)).ToList();
        var figures = AccountFigures.Of(answers);
        return new(
            accountId, figures.Nps.Value, figures.Csat.TopTwoBoxPercent, figures.Ces.Mean,
            answers.Max(a => (DateTimeOffset?)a.AnsweredAt));
    }
}
