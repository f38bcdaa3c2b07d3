namespace CsPlatform.Feedback.Answers;

/// <summary>
/// A contact answered. The same id with the same content is a repeat and gives no event, however often it comes, and
/// whatever became of the answer since: a withdrawn one stays withdrawn. What was answered cannot be changed, the
/// person's next answer takes its place in the figures.
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
    ScaleAnchors? Anchors = null, string? Comment = null, DateTimeOffset? AnsweredAt = null) : IAboutAccount
{
    /// <summary>No answer is older; PostgreSQL would turn .NET's least time into -infinity.</summary>
    public static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>No answer, and no look at figures, is later.</summary>
    public static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A sender's clock may be this far ahead of ours.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    public const int ContactIdLengthMax = 200, AnchorLengthMax = 200, CommentLengthMax = 4_000;

    private Scale ScaleUsed => Scale ?? Scale.StandardOf(Metric);

    /// <exception cref="RefusedException">
    /// "id-reused": the id names an answer with other content; "answered-in-future".
    /// </exception>
    public IReadOnlyList<IAnswerEvent> Decide(Answer? existing, Guid answerId, DateTimeOffset now)
    {
        if (existing is not null)
            return Repeats(existing)
                ? []
                : throw new RefusedException("id-reused", "The id belongs to an answer with other content.", 409);

        var answeredAt = (AnsweredAt ?? now).WholeMicroseconds();
        if (answeredAt > now + ClockTolerance)
            throw new RefusedException("answered-in-future", "An answer cannot come from the future.", 422);

        return
        [
            new AnswerGiven(
                answerId, AccountId, ContactId, Metric, Score, ScaleUsed, Anchors, Comment, answeredAt),
        ];
    }

    public TakeAnswer Checked(FieldCheck check)
    {
        check.Id(AnswerId, "answerId");
        check.Id(AccountId, "accountId");
        var contactId = check.Required(ContactId, "contactId", ContactIdLengthMax);
        // Contact ids travel to other services and into their streams, where no masking rule of ours reaches them.
        check.Must(!contactId.Contains('@', StringComparison.Ordinal), "contactId", "is an opaque id, not an address");
        if (ScaleFault() is { } fault)
            check.Refuse("scale", fault);
        else
            check.Within(Score, "score", ScaleUsed.Min, ScaleUsed.Max);
        check.Within(AnsweredAt, "answeredAt", Earliest, Latest);
        return this with
        {
            ContactId = contactId,
            Anchors = Anchors is null
                ? null
                : new(check.Optional(Anchors.Lowest, "anchors.lowest", AnchorLengthMax) ?? "",
                    check.Optional(Anchors.Highest, "anchors.highest", AnchorLengthMax) ?? ""),
            Comment = check.Lines(Comment, "comment", CommentLengthMax),
        };
    }

    private string? ScaleFault() => Scale switch
    {
        null => null,
        _ when Metric == Metric.Nps && Scale != Scale.StandardOf(Metric.Nps) => "is 0 to 10 for NPS",
        { Min: < -1_000 or > 1_000 } or { Max: < -1_000 or > 1_000 } => "lies within -1000 and 1000",
        { Steps: < 2 or > Scale.StepsMax } => $"has 2 to {Scale.StepsMax} steps",
        _ => null,
    };

    // A repeat without a time means the time of the first; an erased comment can no longer be compared.
    private bool Repeats(Answer answer) =>
        answer.GivenFor == AccountId && answer.ContactId == ContactId && answer.Metric == Metric &&
        answer.Score == Score && answer.Scale == ScaleUsed && answer.Anchors == Anchors &&
        (answer.Comment == Comment || (answer.Comment == AnswerGiven.ErasedComment && Comment is not null)) &&
        (AnsweredAt is not { } at || at.WholeMicroseconds() == answer.AnsweredAt);
}

internal static class TakeAnswerEndpoint
{
    public static void MapTakeAnswer(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/answers", (TakeAnswer body, Commands commands, IDocumentSession session, CancellationToken ct) =>
        {
            var command = FieldCheck.Of(body.Checked);
            return commands.Create<Answer, Answer, AnswerView>(
                command, command.AnswerId, command.Decide, AnswerView.Of, "/v1/answers", ct,
                (_, _) =>
                {
                    session.FiguresChange(command.AccountId);
                    return Task.CompletedTask;
                });
        })
        .WithName(nameof(TakeAnswer))
        .WithSummary("Takes an NPS, CSAT or CES answer; the same answer again is answered with 200")
        .AsCreation(Permissions.WriteAnswers);
}
