using CsPlatform.AccountDirectory;
using CsPlatform.Feedback.Answers;

namespace CsPlatform.Feedback.Figures;

/// <summary>One of an account's answers, without its comment.</summary>
/// <param name="WithdrawnAt">Since then it counts nowhere; null while it counts. UTC.</param>
internal sealed record AccountAnswerView(
    Guid AnswerId, string ContactId, Metric Metric, int Score, Scale Scale, DateTimeOffset AnsweredAt,
    DateTimeOffset? WithdrawnAt)
{
    public static AccountAnswerView Of(AccountAnswer a) =>
        new(a.Id, a.ContactId, a.Metric, a.Score, a.Scale, a.AnsweredAt, a.WithdrawnAt);
}

internal static class GetAccountAnswersEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 500);

    private sealed record Place(DateTimeOffset AnsweredAt, Guid Id);

    public static void MapGetAccountAnswers(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/answers", Handle)
            .WithName("GetAccountAnswers")
            .WithSummary("The account's answers, newest first; withdrawn=true for the withdrawn ones too")
            .WithMetadata(Limit)
            .Require(Permissions.ReadAnswers);

    private static async Task<Ok<Page<AccountAnswerView>>> Handle(
        Guid id, bool? withdrawn, string? metric, string? after, int? limit, DirectoryTable directory,
        IQuerySession session, CancellationToken ct)
    {
        var take = Limit.Of(limit);
        var wanted = FieldCheck.Of(check => check.Choice<Metric>(metric, "metric"));
        var place = Cursor.Read<Place>(after);
        if (await directory.Find(session, id, ct) is null)
            throw RefusedException.Unknown("account");

        var answers = session.Query<AccountAnswer>().Where(a => a.AccountId == id);
        if (withdrawn is not true)
            answers = answers.Where(a => a.WithdrawnAt == null);
        if (wanted is { } one)
            answers = answers.Where(a => a.Metric == one);
        if (place is { AnsweredAt: var at, Id: var last })
            answers = answers.Where(a => a.AnsweredAt < at || a.AnsweredAt == at && a.Id.CompareTo(last) < 0);
        var found = await answers
            .OrderByDescending(a => a.AnsweredAt).ThenByDescending(a => a.Id).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.Of(found, take, a => Cursor.Of(new Place(a.AnsweredAt, a.Id))).Select(AccountAnswerView.Of));
    }
}
