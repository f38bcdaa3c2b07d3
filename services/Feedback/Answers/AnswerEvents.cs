namespace CsPlatform.Feedback.Answers;

/// <summary>A fact on one answer's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IAnswerEvent;

/// <summary>First event of every stream. OccurredAt is when the contact answered.</summary>
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

/// <summary>The answer counts nowhere any more. The last event of its stream.</summary>
/// <param name="AccountId">The account that it was of last.</param>
[Stored("answer_withdrawn.v1")]
internal sealed record AnswerWithdrawn(Guid AccountId, string Reason, DateTimeOffset OccurredAt) : IAnswerEvent
{
    /// <summary>What masking leaves: whoever wrote the reason may have named the person.</summary>
    public AnswerWithdrawn WithoutPersonalText() => this with { Reason = AnswerGiven.ErasedComment };
}

/// <summary>
/// The answer is another account's. Carries what was answered, so that whoever hears of the move before the answer
/// needs nothing else.
/// </summary>
/// <param name="FromAccountId">The account that it was of before.</param>
/// <param name="AccountId">The account that it is of now.</param>
/// <param name="AnsweredAt">When the contact answered.</param>
[Stored("answer_moved.v1")]
internal sealed record AnswerMoved(
    Guid FromAccountId, Guid AccountId, string Reason, string ContactId, Metric Metric, int Score, Scale Scale,
    DateTimeOffset AnsweredAt, DateTimeOffset OccurredAt) : IAnswerEvent
{
    /// <inheritdoc cref="AnswerWithdrawn.WithoutPersonalText"/>
    public AnswerMoved WithoutPersonalText() => this with { Reason = AnswerGiven.ErasedComment };
}
