using CsPlatform.Feedback.Answers;
using Npgsql;
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
            (connection, accountIds, asOf, version, ct) =>
                Read(connection, accountIds, asOf, version, settings.WindowDays, ct),
            Turning(settings.WindowDays));

    private static async Task<object?> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, long version, int windowDays,
        CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select account_id, id, data ->> 'contactId', data ->> 'metric', (data ->> 'score')::int,
              (data -> 'scale' ->> 'min')::int, (data -> 'scale' ->> 'max')::int,
              (data -> 'scale' ->> 'higherIsBetter')::boolean, answered_at
            from feedback.mt_doc_accountanswer
            where account_id = any($1) and answered_at > $2 and answered_at <= $3 and data ->> 'withdrawnAt' is null
            """, connection);
        command.Parameters.Add(new() { Value = accountIds });
        command.Parameters.Add(new() { Value = asOf.AddDays(-windowDays) });
        command.Parameters.Add(new() { Value = asOf });
        List<AccountAnswer> found = [];
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
                found.Add(new(
                    row.GetGuid(1), row.GetGuid(0), row.GetString(2), Enum.Parse<Metric>(row.GetString(3)),
                    row.GetInt32(4), new(row.GetInt32(5), row.GetInt32(6), row.GetBoolean(7)),
                    row.GetFieldValue<DateTimeOffset>(8)));
        var answers = found.ToLookup(a => a.AccountId);
        return new V1.VoiceFiguresChanged(
            [.. accountIds.Select(id => AccountVoice.Figures(id, answers[id]))], asOf, version);
    }
}
