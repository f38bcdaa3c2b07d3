using CsPlatform.AccountDirectory;
using Npgsql;

namespace CsPlatform.Feedback.Figures;

internal static class GetVoiceEndpoint
{
    public static void MapGetVoice(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/voice", Handle)
            .WithName("GetVoice")
            .WithSummary("The account's NPS, CSAT and CES now, a number each, with its count and its newest answer")
            .Require(Permissions.ReadAnswers);

    private static async Task<Ok<VoiceFigures>> Handle(
        Guid id, FiguresSettings settings, DirectoryTable directory, IQuerySession session, NpgsqlDataSource database,
        TimeProvider clock, CancellationToken ct)
    {
        if (await directory.Find(session, id, ct) is null)
            throw RefusedException.Unknown("account");

        await using var connection = await database.OpenConnectionAsync(ct);
        return TypedResults.Ok(
            (await VoiceRows.Read(connection, [id], clock.GetUtcNow(), ct, settings.WindowDays)).Single());
    }
}
