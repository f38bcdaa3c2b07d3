using V1 = CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.Feedback.Figures;

/// <summary>Tells what the people of accounts say at present.</summary>
internal static class VoiceFiguresPublisher
{
    /// <summary>An answer leaves the window by time alone.</summary>
    private static string Turning(int windowDays) => $"""
        select account_id from feedback.mt_doc_accountanswer
        where (answered_at at time zone 'UTC')::date + {windowDays + 1} > @after
          and (answered_at at time zone 'UTC')::date + {windowDays + 1} <= @today
        """;

    public static void AddVoiceFigures(this IHostApplicationBuilder builder, FiguresSettings settings) =>
        builder.AddFigureNotices(
            "feedback",
            async (connection, accountIds, asOf, version, ct) => new V1.VoiceFiguresChanged(
                [.. (await VoiceRows.Read(connection, accountIds, asOf, ct, settings.WindowDays)).Select(Told)], asOf,
                version),
            Turning(settings.WindowDays));

    private static V1.VoiceFigures Told(VoiceFigures f)
    {
        DateTimeOffset?[] newest = [f.Nps.NewestAt, f.Csat.NewestAt, f.Ces.NewestAt];
        return new(f.AccountId, f.Nps.Value, f.Csat.Value, f.Ces.Value, newest.Max());
    }
}
