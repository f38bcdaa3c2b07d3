using System.Text.Json;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Renewals.V1;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Health.Facts;

/// <summary>
/// Writes what other services told. Each fact keeps the highest version (the newest where there is none), so that
/// repeats and wrong order leave the same rows.
/// </summary>
internal static class FactWriter
{
    public static Task Write(NpgsqlConnection c, SurveyAnswered m, DateTimeOffset learnedAt, CancellationToken ct) =>
        Execute(c, """
            insert into health.survey_answer values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
            """, ct, m.AccountId, m.AnswerId, m.ContactId, m.Metric, m.Score, m.Scale.Min, m.Scale.Max, m.Scale.HigherIsBetter,
            m.OccurredAt.ToUniversalTime(), learnedAt);

    /// <summary>Tells of the answer too, where it has not been heard yet.</summary>
    public static Task Write(NpgsqlConnection c, AnswerMoved m, DateTimeOffset learnedAt, CancellationToken ct) =>
        Execute(c, """
            with answer as (
                insert into health.survey_answer values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict do nothing)
            insert into health.survey_answer_correction (answer_id, version, account_id, learned_at)
            values ($2, $11, $12, $10) on conflict do nothing
            """, ct, m.FromAccountId, m.AnswerId, m.ContactId, m.Metric, m.Score, m.Scale.Min, m.Scale.Max,
            m.Scale.HigherIsBetter, m.AnsweredAt.ToUniversalTime(), learnedAt, m.Version, m.AccountId);

    public static Task Write(NpgsqlConnection c, AnswerWithdrawn m, DateTimeOffset learnedAt, CancellationToken ct) =>
        Execute(c, """
            insert into health.survey_answer_correction (answer_id, version, account_id, learned_at)
            values ($1, $2, null, $3) on conflict do nothing
            """, ct, m.AnswerId, m.Version, learnedAt);

    public static Task Write(NpgsqlConnection c, ContractSigned m, DateTimeOffset learnedAt, CancellationToken ct) =>
        Execute(c, """
            insert into health.contract as known values ($2, $1, $3, $4, $5, null, $6, $7)
            on conflict (contract_id) do update
               set ends_on = excluded.ends_on, annual_amount = excluded.annual_amount, currency = excluded.currency,
                   occurred_at = excluded.occurred_at
             where known.occurred_at > excluded.occurred_at
            """, ct, m.AccountId, m.ContractId, m.EndsOn, m.AnnualAmount.Amount, m.AnnualAmount.Currency,
            m.OccurredAt.ToUniversalTime(), learnedAt);

    /// <summary>Tells of the contract too, where its signing has not been heard yet.</summary>
    public static Task Write(NpgsqlConnection c, RenewalOpened m, DateTimeOffset learnedAt, CancellationToken ct) =>
        Execute(c, """
            insert into health.contract values ($2, $1, $3, $4, $5, $8, $6, $7)
            on conflict (contract_id) do update set renewal_id = excluded.renewal_id
            """, ct, m.AccountId, m.ContractId, m.DueOn, m.AnnualAmount.Amount, m.AnnualAmount.Currency,
            m.OccurredAt.ToUniversalTime(), learnedAt, m.RenewalId);

    /// <summary>
    /// Many accounts' days in one statement; a change long after its day keeps the figures that stood before it.
    /// </summary>
    public static async Task Write(
        NpgsqlConnection c, IEnumerable<ChangedDays> accounts, DateTimeOffset learnedAt, CancellationToken ct)
    {
        var rows = accounts
            .SelectMany(a => a.Days.Select(d => (a.AccountId, Day: d)))
            .GroupBy(r => (r.AccountId, r.Day.Day))
            .Select(same => same.MaxBy(r => r.Day.Version))
            .Select(r => new
            {
                account_id = r.AccountId,
                day = r.Day.Day,
                events = r.Day.Events,
                active_users = r.Day.ActiveUsers,
                minutes = r.Day.Minutes,
                features = r.Day.Features,
                version = r.Day.Version,
            });
        var lateBefore = DateOnly.FromDateTime(learnedAt.UtcDateTime).AddDays(-UsageDayFact.LateAfterDays);
        await Execute(c, """
            with told as (
                select * from jsonb_to_recordset($1) as r(
                    account_id uuid, day date, events integer, active_users integer, minutes numeric, features text[], version bigint)),
            first_use as (
                update health.account_fact a
                   set first_use_on = least(a.first_use_on, t.day), features_seen = a.features_seen or t.features
                  from (select account_id, min(day) filter (where events > 0) as day,
                    bool_or(features <> '{}') as features
                          from told group by account_id) t
                 where a.account_id = t.account_id
                   and (t.day < coalesce(a.first_use_on, 'infinity') or (t.features and not a.features_seen)))
            insert into health.usage_day as known
            select account_id, day, events, active_users, minutes, features, version, $2,
                   case when day < $3 then $2 end, case when day < $3 then 0 end, case when day < $3 then 0 end,
                   case when day < $3 then 0 end, case when day < $3 then '{}'::text[] end
              from told
            on conflict (account_id, day) do update
               set events = excluded.events, active_users = excluded.active_users, minutes = excluded.minutes,
                   features = excluded.features, version = excluded.version, learned_at = excluded.learned_at,
                   late_at = coalesce(excluded.late_at, known.late_at),
                   on_time_events = case when excluded.late_at is null or known.late_at is not null
                     then known.on_time_events else known.events end,
                   on_time_users = case when excluded.late_at is null or known.late_at is not null
                     then known.on_time_users else known.active_users end,
                   on_time_minutes = case when excluded.late_at is null or known.late_at is not null
                     then known.on_time_minutes else known.minutes end,
                   on_time_features = case when excluded.late_at is null or known.late_at is not null
                     then known.on_time_features else known.features end
             where known.version < excluded.version
            """, ct, new NpgsqlParameter { Value = JsonSerializer.Serialize(rows), NpgsqlDbType = NpgsqlDbType.Jsonb }, learnedAt, lateBefore);
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static async Task Execute(
        NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
