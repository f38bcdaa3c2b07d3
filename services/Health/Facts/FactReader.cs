using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Health.Facts;

/// <summary>Reads the facts of many accounts at once, inside the transaction of the assessment.</summary>
internal static class FactReader
{
    private const string Sql = """
        select account_id, name, tier, stage, csm_id, coalesce(external_ids, '{}'), first_use_on, features_seen
          from health.account_fact left join health.account_directory using (account_id) where account_id = any($1);
        select account_id, day, events, active_users, minutes, case when day >= $3 and features <> '{}'
          then features end, version,
               learned_at, late_at, on_time_events, on_time_users, on_time_minutes,
               case when day >= $3 and on_time_features <> '{}' then on_time_features end
          from health.usage_day where account_id = any($1) and day >= $2;
        select held.account_id, answer_id, contact_id, metric, score, scale_min, scale_max, higher_is_better,
          occurred_at, held.learned_at, held.version > 1, gone.learned_at, gone.account_id is null
          from (
            select *, 1 as version from health.survey_answer where account_id = any($1) and occurred_at >= $2
            union all
            select answer_id, moved.account_id, contact_id, metric, score, scale_min, scale_max, higher_is_better,
              occurred_at, moved.learned_at, moved.version
              from health.survey_answer_correction moved join health.survey_answer using (answer_id)
             where moved.account_id = any($1) and occurred_at >= $2) held
          left join lateral (
            select learned_at, account_id from health.survey_answer_correction later
             where later.answer_id = held.answer_id and later.version > held.version
             order by learned_at, version desc limit 1) gone on true
         where coalesce(gone.learned_at, 'infinity') > held.learned_at;
        select account_id, contract_id, ends_on, annual_amount, currency, renewal_id is not null, occurred_at,
          learned_at
          from health.contract where account_id = any($1);
        """;

    private static readonly string[] Statements =
        [.. Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <param name="daysFrom">First day of use that is needed.</param>
    /// <param name="featuresFrom">First day of which the features are needed.</param>
    public static async Task<IReadOnlyDictionary<Guid, AccountFacts>> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateOnly daysFrom, DateOnly featuresFrom, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in Statements)
            batch.BatchCommands.Add(Command(statement, accountIds, daysFrom, featuresFrom));
        await using var rows = await batch.ExecuteReaderAsync(ct);

        var accounts = new Dictionary<Guid, AccountFact>();
        while (await rows.ReadAsync(ct))
            accounts[rows.GetGuid(0)] = Account(rows);
        await rows.NextResultAsync(ct);
        var days = await Grouped(rows, Day, ct);
        // In order here rather than by the query: PostgreSQL spent two thirds of it on sorting all accounts' days at
        // once.
        foreach (var accountDays in days.Values)
            accountDays.Sort((a, b) => a.Day.CompareTo(b.Day));
        await rows.NextResultAsync(ct);
        var answers = await Grouped(rows, Answer, ct);
        await rows.NextResultAsync(ct);
        var contracts = await Grouped(rows, Contract, ct);

        return accounts.ToDictionary(a => a.Key, a => new AccountFacts(
            a.Value, days.GetValueOrDefault(a.Key, []),
            [.. answers.GetValueOrDefault(a.Key, []).Where(answer => answer.Gone is null)],
            contracts.GetValueOrDefault(a.Key, []))
        {
            FormerAnswers = [.. answers.GetValueOrDefault(a.Key, []).Where(answer => answer.Gone is not null)],
        });
    }

    private static NpgsqlBatchCommand Command(
        string statement, Guid[] accountIds, DateOnly daysFrom, DateOnly featuresFrom)
    {
        var command = new NpgsqlBatchCommand(statement);
        command.Parameters.Add(new() { Value = accountIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        if (statement.Contains("$2", StringComparison.Ordinal))
            command.Parameters.Add(new() { Value = daysFrom, NpgsqlDbType = NpgsqlDbType.Date });
        if (statement.Contains("$3", StringComparison.Ordinal))
            command.Parameters.Add(new() { Value = featuresFrom, NpgsqlDbType = NpgsqlDbType.Date });
        return command;
    }

    private static async Task<Dictionary<Guid, List<T>>> Grouped<T>(
        NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        var groups = new Dictionary<Guid, List<T>>();
        while (await rows.ReadAsync(ct))
        {
            var accountId = rows.GetGuid(0);
            if (!groups.TryGetValue(accountId, out var group))
                groups[accountId] = group = [];
            group.Add(read(rows));
        }
        return groups;
    }

    private static AccountFact Account(NpgsqlDataReader r) => new(
        r.GetGuid(0), Text(r, 1), Text(r, 2), Text(r, 3), Text(r, 4),
        r.GetString(5) is "{}" ? NoKeys : JsonSerializer.Deserialize<Dictionary<string, string>>(r.GetString(5))!,
        r.IsDBNull(6) ? null : r.GetFieldValue<DateOnly>(6), r.GetBoolean(7));

    private static readonly Dictionary<string, string> NoKeys = [];

    private static UsageDayFact Day(NpgsqlDataReader r) => new(
        r.GetFieldValue<DateOnly>(1),
        new(r.GetInt32(2), r.GetInt32(3), r.GetDecimal(4), Texts(r, 5)),
        r.GetInt64(6), r.GetFieldValue<DateTimeOffset>(7),
        r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8),
        r.IsDBNull(9) ? null : new(r.GetInt32(9), r.GetInt32(10), r.GetDecimal(11), Texts(r, 12)));

    private static SurveyAnswerFact Answer(NpgsqlDataReader r) => new(
        r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetInt32(5), r.GetInt32(6), r.GetBoolean(7),
        r.GetFieldValue<DateTimeOffset>(8), r.GetFieldValue<DateTimeOffset>(9))
    {
        MovedHere = r.GetBoolean(10),
        Gone = r.IsDBNull(11) ? null : new(r.GetFieldValue<DateTimeOffset>(11), Withdrawn: r.GetBoolean(12)),
    };

    private static ContractFact Contract(NpgsqlDataReader r) => new(
        r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetDecimal(3), r.GetString(4), r.GetBoolean(5),
        r.GetFieldValue<DateTimeOffset>(6), r.GetFieldValue<DateTimeOffset>(7));

    private static string[] Texts(NpgsqlDataReader r, int column) =>
        r.IsDBNull(column) ? [] : r.GetFieldValue<string[]>(column);

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}
