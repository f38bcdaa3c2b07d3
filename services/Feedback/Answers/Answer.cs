using JasperFx.Events;

namespace CsPlatform.Feedback.Answers;

/// <summary>
/// One answer, folded from its stream when asked for. It is not stored: the comment lives in the event alone, so that
/// masking the event erases it everywhere.
/// </summary>
/// <param name="GivenFor">The account that it was first given for: a repeat of it still names that one.</param>
/// <param name="Withdrawn">It counts nowhere.</param>
/// <param name="Corrections">What was put right, oldest first.</param>
internal sealed partial record Answer(
    Guid Id, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, ScaleAnchors? Anchors,
    string? Comment, DateTimeOffset AnsweredAt, Guid GivenFor, bool Withdrawn,
    IReadOnlyList<AnswerCorrection> Corrections) : IAboutAccount
{
    /// <summary>Version of the stream, set by the store: the ETag.</summary>
    public int Version { get; set; }

    public static Answer Create(AnswerGiven e) => new(
        e.AnswerId, e.AccountId, e.ContactId, e.Metric, e.Score, e.Scale, e.Anchors, e.Comment, e.OccurredAt,
        e.AccountId, Withdrawn: false, []);

    public Answer Apply(IEvent<AnswerWithdrawn> e) => this with
    {
        Withdrawn = true,
        Corrections =
            [.. Corrections, new(CorrectionKind.Withdrawn, null, e.Data.Reason, e.UserName, e.Data.OccurredAt)],
    };

    public Answer Apply(IEvent<AnswerMoved> e) => this with
    {
        AccountId = e.Data.AccountId,
        Corrections =
        [
            .. Corrections,
            new(CorrectionKind.Moved, e.Data.FromAccountId, e.Data.Reason, e.UserName, e.Data.OccurredAt),
        ],
    };
}

internal enum CorrectionKind
{
    /// <summary>Given by mistake, e.g. to try the survey out.</summary>
    Withdrawn,

    /// <summary>Given for the wrong account.</summary>
    Moved,
}

/// <summary>What was put right of an answer after it had been taken.</summary>
/// <param name="What">withdrawn or moved.</param>
/// <param name="FromAccountId">The account that a moved answer was of before.</param>
/// <param name="Reason">Why; *** where it was erased with the comment.</param>
/// <param name="By">The user id of who did it.</param>
/// <param name="At">UTC.</param>
internal sealed record AnswerCorrection(
    CorrectionKind What, Guid? FromAccountId, string Reason, string? By, DateTimeOffset At)
{
    public const int ReasonLengthMax = 500;
}
