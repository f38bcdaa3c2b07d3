namespace CsPlatform.Feedback.Answers;

/// <summary>One answer as given, and what was put right since.</summary>
/// <param name="AnswerId">The answer.</param>
/// <param name="AccountId">The account that it is of.</param>
/// <param name="ContactId">Who answered, an opaque id.</param>
/// <param name="Metric">The question.</param>
/// <param name="Score">The answer on its scale.</param>
/// <param name="Scale">What the numbers mean.</param>
/// <param name="Anchors">The words at the ends of the scale, where they were given.</param>
/// <param name="Comment">What the contact wrote; *** where it was erased.</param>
/// <param name="AnsweredAt">UTC.</param>
/// <param name="Withdrawn">It counts nowhere: not in figures, not in the account's health.</param>
/// <param name="Corrections">Withdrawal and moves, oldest first, with who did it and why.</param>
internal sealed record AnswerView(
    Guid AnswerId, Guid AccountId, string ContactId, Metric Metric, int Score, Scale Scale, ScaleAnchors? Anchors,
    string? Comment, DateTimeOffset AnsweredAt, bool Withdrawn, IReadOnlyList<AnswerCorrection> Corrections)
{
    public static AnswerView Of(Answer a) => new(
        a.Id, a.AccountId, a.ContactId, a.Metric, a.Score, a.Scale, a.Anchors, a.Comment, a.AnsweredAt, a.Withdrawn,
        a.Corrections);
}

internal static class GetAnswerEndpoint
{
    public static void MapGetAnswer(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/answers/{id:guid}", Handle)
        .WithName("GetAnswer").WithSummary("One answer with its comment and its ETag")
        .Require(Permissions.ReadAnswers);

    private static async Task<Ok<AnswerView>> Handle(
        Guid id, IQuerySession session, HttpResponse response, CancellationToken ct)
    {
        if (await session.Events.AggregateStreamAsync<Answer>(id, token: ct) is not { } answer)
            throw RefusedException.Unknown("answer");

        response.Headers.ETag = ETag.Of(answer.Version);
        return TypedResults.Ok(AnswerView.Of(answer));
    }
}
