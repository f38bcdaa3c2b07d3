namespace CsPlatform.Feedback.Answers;

/// <summary>A fact on one answer's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IAnswerEvent;

/// <summary>First and, so far, only event of every stream. OccurredAt is when the contact answered.</summary>
[Stored("answer_given.v1")]
internal sealed record AnswerGiven(
    Guid AnswerId, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, ScaleAnchors? Anchors,
    string? Comment, DateTimeOffset OccurredAt) : IAnswerEvent
{
    /// <summary>Stands where a comment was erased.</summary>
    public const string ErasedComment = "***";

    /// <summary>What masking leaves: the number and the opaque contact stay, what the person wrote goes.</summary>
    public AnswerGiven WithoutPersonalText() => Comment is null ? this : this with { Comment = ErasedComment };
}
