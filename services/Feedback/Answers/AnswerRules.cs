namespace CsPlatform.Feedback.Answers;

/// <summary>
/// The form of an answer: what can be said without knowing anything but the answer itself. Text that PostgreSQL cannot
/// store (NUL, half a surrogate pair) does not come this far: the JSON reader refuses it.
/// </summary>
internal static class AnswerRules
{
    public const int ContactIdLengthMax = 200;
    public const int AnchorLengthMax = 200;
    public const int CommentLengthMax = 4_000;

    /// <summary>No answer is older; PostgreSQL would turn .NET's least time into -infinity.</summary>
    public static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <returns>Messages by the member of the body that they are about; empty when the answer is well formed.</returns>
    public static Dictionary<string, string[]> Check(TakeAnswer answer)
    {
        var errors = new Dictionary<string, string[]>();
        if (answer.AnswerId == Guid.Empty)
            errors["answerId"] = ["Must not be the empty id."];
        if (answer.AccountId == Guid.Empty)
            errors["accountId"] = ["Must not be the empty id."];
        if (ContactProblem(answer.ContactId) is { } contact)
            errors["contactId"] = [contact];
        if (!Enum.IsDefined(answer.Metric))
            errors["metric"] = ["Must be nps, csat or ces."];
        else if (ScaleProblem(answer) is { } scale)
            errors["scale"] = [scale];
        else if ((answer.Scale ?? Scale.StandardOf(answer.Metric)) is var used && !used.Holds(answer.Score))
            errors["score"] = [$"Must be between {used.Min} and {used.Max}."];
        if (answer.Anchors is { } anchors &&
            (AnchorProblem(anchors.Lowest) ?? AnchorProblem(anchors.Highest)) is { } anchor)
            errors["anchors"] = [anchor];
        if (answer.Comment is { } comment && TextProblem(comment, CommentLengthMax) is { } text)
            errors["comment"] = [text];
        if (answer.AnsweredAt < Earliest)
            errors["answeredAt"] = ["Must not be before 1990."];
        return errors;
    }

    // Contact ids travel to other services and into their streams, where no masking rule of ours reaches them.
    private static string? ContactProblem(string contactId) =>
        string.IsNullOrWhiteSpace(contactId) ? "Must not be empty."
        : contactId.Length > ContactIdLengthMax ? $"Must not be longer than {ContactIdLengthMax} characters."
        : contactId.Contains('@') ? "Must be an opaque id, not an address."
        : contactId.Any(char.IsControl) ? "Must not contain control characters."
        : null;

    private static string? ScaleProblem(TakeAnswer answer) =>
        answer.Scale is not { } scale ? null
        : answer.Metric == Metric.Nps && scale != Scale.StandardOf(Metric.Nps) ? "NPS is asked on 0 to 10 only."
        : scale.Min is < -1_000 or > 1_000 || scale.Max is < -1_000 or > 1_000 ? "Must lie within -1000 and 1000."
        : scale.Steps is < 2 or > Scale.StepsMax ? $"Must have 2 to {Scale.StepsMax} steps."
        : null;

    private static string? AnchorProblem(string text) => TextProblem(text, AnchorLengthMax);

    private static string? TextProblem(string text, int lengthMax) =>
        text.Length > lengthMax ? $"Must not be longer than {lengthMax} characters." : null;
}
