using CsPlatform.Feedback.Answers;
using Marten.Events.Aggregation;

namespace CsPlatform.Feedback.Figures;

/// <summary>What the figures need of one answer; no text. Written with it, so figures are never behind.</summary>
internal sealed record AccountAnswer(
    Guid Id, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, DateTimeOffset AnsweredAt);

internal sealed partial class AccountAnswerProjection : SingleStreamProjection<AccountAnswer, Guid>
{
    public static AccountAnswer Create(AnswerGiven e) =>
        new(e.AnswerId, e.AccountId, e.ContactId, e.Metric, e.Score, e.Scale, e.OccurredAt);
}
