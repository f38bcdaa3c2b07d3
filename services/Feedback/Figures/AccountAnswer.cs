using CsPlatform.Feedback.Answers;
using Marten.Events.Aggregation;

namespace CsPlatform.Feedback.Figures;

/// <summary>What the figures need of one answer; no text. Written with it, so figures are never behind.</summary>
/// <param name="WithdrawnAt">Since then it counts nowhere; stored before there was such a thing, it has none.</param>
internal sealed record AccountAnswer(
    Guid Id, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, DateTimeOffset AnsweredAt,
    DateTimeOffset? WithdrawnAt = null);

internal sealed partial class AccountAnswerProjection : SingleStreamProjection<AccountAnswer, Guid>
{
    public static AccountAnswer Create(AnswerGiven e) =>
        new(e.AnswerId, e.AccountId, e.ContactId, e.Metric, e.Score, e.Scale, e.OccurredAt);

    public static AccountAnswer Apply(AnswerWithdrawn e, AccountAnswer answer) =>
        answer with { WithdrawnAt = e.OccurredAt };

    public static AccountAnswer Apply(AnswerMoved e, AccountAnswer answer) => answer with { AccountId = e.AccountId };
}
