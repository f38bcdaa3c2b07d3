using CsPlatform.ServiceDefaults;

namespace CsPlatform.Feedback.Answers;

/// <summary>
/// A contact answered. The same id with the same content is a repeat and gives no event, however often it comes;
/// an answer cannot be changed, the person's next answer takes its place in the figures.
/// </summary>
/// <param name="AccountId">An account that Feedback has heard of.</param>
/// <param name="ContactId">Opaque id of who answered, no address and no name.</param>
/// <param name="Metric">The question.</param>
/// <param name="Score">The answer on its scale.</param>
/// <param name="AnswerId">Chosen by the sender to make repeats harmless; made here when absent.</param>
/// <param name="Scale">The metric's standard scale when absent: NPS 0–10, CSAT 1–5, CES 1–7, higher better.</param>
/// <param name="Anchors">The words at the ends of the scale.</param>
/// <param name="Comment">What the contact wrote, at most 4,000 characters.</param>
/// <param name="AnsweredAt">When; now when absent.</param>
internal sealed record TakeAnswer(
    Guid AccountId, string ContactId, Metric Metric, int Score, Guid? AnswerId = null, Scale? Scale = null,
    ScaleAnchors? Anchors = null, string? Comment = null, DateTimeOffset? AnsweredAt = null)
{
    /// <summary>A sender's clock may be this far ahead of ours.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private Scale ScaleUsed => Scale ?? Scale.StandardOf(Metric);

    /// <exception cref="RefusedException">
    /// "id-reused": the id names an answer with other content; "account-unknown"; "answered-in-future".
    /// </exception>
    public IReadOnlyList<IAnswerEvent> Decide(Guid answerId, Answer? existing, bool accountIsKnown, DateTimeOffset now)
    {
        if (existing is not null)
            return Repeats(existing)
                ? []
                : throw new RefusedException("id-reused", "The id belongs to an answer with other content.", 409);
        if (!accountIsKnown)
            throw new RefusedException("account-unknown", "Feedback has not heard of this account.", 409);

        var answeredAt = (AnsweredAt ?? now).WholeMicroseconds();
        if (answeredAt > now + ClockTolerance)
            throw new RefusedException("answered-in-future", "An answer cannot come from the future.", 422);

        return
        [
            new AnswerGiven(
                answerId, AccountId, ContactId, Metric, Score, ScaleUsed, Anchors, Comment, answeredAt),
        ];
    }

    // A repeat without a time means the time of the first; an erased comment can no longer be compared.
    private bool Repeats(Answer answer) =>
        answer.AccountId == AccountId && answer.ContactId == ContactId && answer.Metric == Metric &&
        answer.Score == Score && answer.Scale == ScaleUsed && answer.Anchors == Anchors &&
        (answer.Comment == Comment || (answer.Comment == AnswerGiven.ErasedComment && Comment is not null)) &&
        (AnsweredAt is not { } at || at.WholeMicroseconds() == answer.AnsweredAt);
}
