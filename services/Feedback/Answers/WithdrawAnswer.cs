namespace CsPlatform.Feedback.Answers;

/// <summary>
/// An answer that was given by mistake, e.g. to try the survey out, counts nowhere any more; it can still be read, with
/// the reason. Twice is not an error: the second gives no event.
/// </summary>
/// <param name="Reason">Why, 1 to 500 characters; it speaks of the answer, not of the person.</param>
internal sealed record WithdrawAnswer(string Reason)
{
    public IReadOnlyList<IAnswerEvent> Decide(Answer answer, DateTimeOffset now) =>
        answer.Withdrawn ? [] : [new AnswerWithdrawn(answer.AccountId, Reason, now)];

    public WithdrawAnswer Checked(FieldCheck check) =>
        new(check.Required(Reason, "reason", AnswerCorrection.ReasonLengthMax));
}

internal static class WithdrawAnswerEndpoint
{
    public static void MapWithdrawAnswer(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/answers/{id:guid}/withdraw", (
            Guid id, WithdrawAnswer body, Commands commands, IDocumentSession session, CancellationToken ct) =>
            commands.Change<Answer, Answer, AnswerView>(
                id, FieldCheck.Of(body.Checked).Decide, AnswerView.Of, ct,
                events => session.FiguresChange(((AnswerWithdrawn)events[0]).AccountId)))
        .WithName(nameof(WithdrawAnswer))
        .WithSummary("Take an answer that was given by mistake out of all figures and of the account's health")
        .AsChange(Permissions.CorrectAnswers);
}
