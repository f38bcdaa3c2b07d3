namespace CsPlatform.Feedback.Answers;

/// <summary>
/// One answer, folded from its stream when asked for. It is not stored: the comment lives in the event alone, so that
/// masking the event erases it everywhere.
/// </summary>
internal sealed partial record Answer(
    Guid Id, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, ScaleAnchors? Anchors,
    string? Comment, DateTimeOffset AnsweredAt)
{
    public static Answer Create(AnswerGiven e) =>
        new(e.AnswerId, e.AccountId, e.ContactId, e.Metric, e.Score, e.Scale, e.Anchors, e.Comment, e.OccurredAt);
}
