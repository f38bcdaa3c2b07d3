using CsPlatform.Feedback.Answers;
using JasperFx.Events;
using V1 = CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.Feedback.Messaging;

internal static class FeedbackPublisher
{
    /// <summary>The whole public face of Feedback. The comment stays here.</summary>
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        AnswerGiven a =>
        [
            new V1.SurveyAnswered(
                a.AnswerId, a.AccountId, a.ContactId, NameOf(a.Metric), a.Score,
                new V1.SurveyScale(a.Scale.Min, a.Scale.Max, a.Scale.HigherIsBetter), a.OccurredAt),
        ],
        _ => [],
    };

    private static string NameOf(Metric metric) => metric switch
    {
        Metric.Nps => "nps",
        Metric.Csat => "csat",
        Metric.Ces => "ces",
    };
}
