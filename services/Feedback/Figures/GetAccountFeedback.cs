using CsPlatform.AccountDirectory;
using CsPlatform.Feedback.Answers;

namespace CsPlatform.Feedback.Figures;

/// <summary>An account's survey figures: the last answer of each person in the window counts.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="AsOf">
/// Answers given up to this time count, whenever we learned of them, unless they were withdrawn since. UTC.
/// </param>
/// <param name="WindowDays">Answers older than this before AsOf do not count.</param>
/// <param name="Nps">0–10.</param>
/// <param name="Csat">1–5.</param>
/// <param name="Ces">1–7, 7 the easiest.</param>
/// <param name="OtherScales">CSAT and CES asked on other scales, each by itself.</param>
internal sealed record AccountFeedback(
    Guid AccountId, DateTimeOffset AsOf, int WindowDays, NpsFigure Nps, CsatFigure Csat, CesFigure Ces,
    IReadOnlyList<OtherScaleFigure> OtherScales);

/// <summary>Setting <c>Feedback__WindowDays</c>, 180 unless given.</summary>
internal sealed record FiguresSettings(int WindowDays)
{
    public const int WindowDaysUnlessSet = 180, WindowDaysMax = 3_650;

    public static FiguresSettings From(IConfiguration configuration) =>
        new(configuration.Number("Feedback:WindowDays", WindowDaysUnlessSet, min: 1, max: WindowDaysMax));
}

internal static class GetAccountFeedbackEndpoint
{
    public static void MapGetAccountFeedback(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/feedback", Handle)
            .WithName("GetAccountFeedback")
            .WithSummary("The account's NPS, CSAT and CES in a window of days, now or as of a time")
            .Require(Permissions.ReadAnswers);

    private static async Task<Ok<AccountFeedback>> Handle(
        Guid id, int? windowDays, DateTimeOffset? asOf, FiguresSettings settings, DirectoryTable directory,
        IQuerySession session, TimeProvider clock, CancellationToken ct)
    {
        var check = new FieldCheck();
        check.Within(windowDays, "windowDays", 1, FiguresSettings.WindowDaysMax);
        check.Within(asOf, "asOf", TakeAnswer.Earliest, TakeAnswer.Latest);
        check.ThrowIfAny();
        if (await directory.Find(session, id, ct) is null)
            throw RefusedException.Unknown("account");

        var days = windowDays ?? settings.WindowDays;
        var until = (asOf ?? clock.GetUtcNow()).ToUniversalTime();
        var after = until.AddDays(-days);
        var answers = await session.Query<AccountAnswer>()
            .Where(a => a.AccountId == id && a.WithdrawnAt == null && a.AnsweredAt > after && a.AnsweredAt <= until)
            .ToListAsync(ct);
        var figures = AccountFigures.Of(answers);
        return TypedResults.Ok(new AccountFeedback(
            id, until, days, figures.Nps, figures.Csat, figures.Ces, figures.OtherScales));
    }
}
