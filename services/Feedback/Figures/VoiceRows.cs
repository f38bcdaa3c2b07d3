using CsPlatform.Feedback.Answers;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Feedback.Figures;

/// <summary>Reads the voice of many accounts in one statement.</summary>
internal static class VoiceRows
{
    private const string Sql = """
        select account_id, id, data ->> 'contactId', data ->> 'metric', (data ->> 'score')::int,
          (data -> 'scale' ->> 'min')::int, (data -> 'scale' ->> 'max')::int,
          (data -> 'scale' ->> 'higherIsBetter')::boolean, answered_at
          from feedback.mt_doc_accountanswer
         where account_id = any($1) and answered_at > $2 and answered_at <= $3 and data ->> 'withdrawnAt' is null
        """;

    /// <param name="connection">In whose transaction, if it has one.</param>
    /// <param name="accountIds">Of whom; each has its figures in the answer, in this order, if nobody answered too.</param>
    /// <param name="asOf">The end of the window.</param>
    /// <param name="windowDays">Its length.</param>
    public static async Task<IReadOnlyList<VoiceFigures>> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, CancellationToken ct,
        int windowDays = FiguresSettings.WindowDaysUnlessSet)
    {
        var until = asOf.ToUniversalTime();
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = accountIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = until.AddDays(-windowDays) });
        command.Parameters.Add(new() { Value = until });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var answers = new List<AccountAnswer>();
        while (await rows.ReadAsync(ct))
            answers.Add(new(
                rows.GetGuid(1), rows.GetGuid(0), rows.GetString(2), Enum.Parse<Metric>(rows.GetString(3)),
                rows.GetInt32(4), new(rows.GetInt32(5), rows.GetInt32(6), rows.GetBoolean(7)),
                rows.GetFieldValue<DateTimeOffset>(8)));

        var byAccount = answers.ToLookup(a => a.AccountId);
        return [.. accountIds.Select(id => VoiceFigures.Of(id, [.. byAccount[id]]))];
    }
}
