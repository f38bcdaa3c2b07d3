using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.DailyUse;

/// <summary>Adds to the figures of days, and marks them as changed.</summary>
internal static class DayFigureRows
{
    /// <summary>Wakes whoever publishes the notices, on any replica, once the write is committed.</summary>
    public const string Channel = "engagement_day_mark";

    /// <param name="deltas">Sorted by account and day.</param>
    public static async Task Add(NpgsqlConnection connection, IReadOnlyList<DayDelta> deltas)
    {
        if (deltas.Count == 0)
            return;

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Days(deltas) } };
        if (deltas.Any(d => d.Features.Count > 0))
            batch.BatchCommands.Add(Features(deltas));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_notify('{Channel}', '')"));
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand Days(IReadOnlyList<DayDelta> deltas)
    {
        var users = deltas.SelectMany(d => d.Users.Select(u => (d.AccountId, d.Day, User: u))).ToArray();
        return new NpgsqlBatchCommand(
            """
            with fresh as (
              insert into engagement.account_day_user (account_id, day, user_id)
              select * from unnest($6, $7, $8)
              on conflict do nothing
              returning account_id, day
            ), delta as (
              select account_id, day, sum(events) as events, sum(users) as users, sum(minutes) as minutes,
                max(traceparent) as traceparent
              from (
                select *, 0 as users from unnest($1, $2, $3, $4, $5) as d(account_id, day, events, minutes, traceparent)
                union all
                select account_id, day, 0, 0, null, 1 from fresh
              ) as parts
              group by account_id, day
              order by account_id, day
            ), changed as (
              insert into engagement.account_day as d
                (account_id, day, events, active_users, minutes, version, traceparent)
              select account_id, day, events, users, minutes, 1, traceparent from delta
              on conflict (account_id, day) do update set
                events = d.events + excluded.events,
                active_users = d.active_users + excluded.active_users,
                minutes = d.minutes + excluded.minutes,
                version = d.version + 1,
                traceparent = excluded.traceparent
              returning account_id, day, version, traceparent
            )
            insert into engagement.day_mark as m (account_id, day, version, traceparent)
            select account_id, day, version, traceparent from changed
            on conflict (account_id, day) do update set
              version = excluded.version,
              links = case
                when cardinality(m.links) >= 16 then m.links
                when excluded.traceparent is null or excluded.traceparent = m.traceparent then m.links
                else m.links || excluded.traceparent
              end
            """)
        {
            Parameters =
            {
                new() { Value = deltas.Select(d => d.AccountId).ToArray() },
                new() { Value = deltas.Select(d => d.Day).ToArray() },
                new() { Value = deltas.Select(d => d.Events).ToArray() },
                new() { Value = deltas.Select(d => d.Minutes).ToArray() },
                new()
                {
                    Value = deltas.Select(d => d.Traceparent).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
                new() { Value = users.Select(u => u.AccountId).ToArray() },
                new() { Value = users.Select(u => u.Day).ToArray() },
                new() { Value = users.Select(u => u.User).ToArray() },
            },
        };
    }

    private static NpgsqlBatchCommand Features(IReadOnlyList<DayDelta> deltas)
    {
        var features = deltas.SelectMany(d => d.Features.Select(f => (d.AccountId, d.Day, Feature: f))).ToArray();
        return new NpgsqlBatchCommand(
            """
            insert into engagement.account_day_feature (account_id, day, feature)
            select * from unnest($1, $2, $3)
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = features.Select(f => f.AccountId).ToArray() },
                new() { Value = features.Select(f => f.Day).ToArray() },
                new() { Value = features.Select(f => f.Feature).ToArray() },
            },
        };
    }
}
