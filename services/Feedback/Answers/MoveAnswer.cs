namespace CsPlatform.Feedback.Answers;

/// <summary>
/// An answer was given for the wrong account: it is the right one's, as if it had always been. To where it is already
/// gives no event.
/// </summary>
/// <param name="AccountId">The right account. Who is held to a book moves answers within it only.</param>
/// <param name="Reason">Why, 1 to 500 characters; it speaks of the answer, not of the person.</param>
internal sealed record MoveAnswer(Guid AccountId, string Reason) : IAboutAccount
{
    /// <exception cref="RefusedException">"answer-withdrawn".</exception>
    public IReadOnlyList<IAnswerEvent> Decide(Answer answer, DateTimeOffset now)
    {
        if (answer.AccountId == AccountId)
            return [];
        if (answer.Withdrawn)
            throw new RefusedException(
                "answer-withdrawn", "The answer was withdrawn and counts nowhere, so it can't be moved any more.");

        return
        [
            new AnswerMoved(
                answer.AccountId, AccountId, Reason, answer.ContactId, answer.Metric, answer.Score, answer.Scale,
                answer.AnsweredAt, now),
        ];
    }

    public MoveAnswer Checked(FieldCheck check)
    {
        check.Id(AccountId, "accountId");
        return this with { Reason = check.Required(Reason, "reason", AnswerCorrection.ReasonLengthMax) };
    }
}

internal static class MoveAnswerEndpoint
{
    public static void MapMoveAnswer(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/answers/{id:guid}/move", Handle)
        .WithName(nameof(MoveAnswer)).WithSummary("Give an answer to the account that it should have been given for")
        .AsChange(Permissions.CorrectAnswers);

    private static async Task<Ok<AnswerView>> Handle(
        Guid id, MoveAnswer body, Commands commands, Books books, IDocumentSession session, HttpContext http,
        CancellationToken ct)
    {
        var command = FieldCheck.Of(body.Checked);
        await books.MustHold(session, http, command.AccountId, ct);
        return await commands.Change<Answer, Answer, AnswerView>(id, command.Decide, AnswerView.Of, ct, events =>
        {
            var moved = (AnswerMoved)events[0];
            foreach (var account in new[] { moved.FromAccountId, moved.AccountId }.Order()) // as others mark them
                session.FiguresChange(account);
        });
    }
}
