using CsPlatform.Feedback.Answers;
using JasperFx.Events;
using V1 = CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.Feedback.Messaging;

internal static class FeedbackPublisher
{
    /// <summary>The whole public face of Feedback. Comments, and the reasons of corrections, stay here.</summary>
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        AnswerGiven a =>
        [
            new V1.SurveyAnswered(
                a.AnswerId, a.AccountId, a.ContactId, NameOf(a.Metric), a.Score,
                ScaleOf(a.Scale), a.OccurredAt),
        ],
        AnswerWithdrawn w => [new V1.AnswerWithdrawn(e.StreamId, w.AccountId, e.Version, w.OccurredAt)],
        AnswerMoved m =>
        [
            new V1.AnswerMoved(
                e.StreamId, m.AccountId, m.FromAccountId, m.ContactId, NameOf(m.Metric), m.Score, ScaleOf(m.Scale),
                m.AnsweredAt, e.Version, m.OccurredAt),
        ],
        _ => [],
    };

    private static V1.SurveyScale ScaleOf(Scale scale) => new(scale.Min, scale.Max, scale.HigherIsBetter);

    private static string NameOf(Metric metric) => metric switch
    {
        Metric.Nps => "nps",
        Metric.Csat => "csat",
        Metric.Ces => "ces",
    };
}
