using Npgsql;
using V1 = CsPlatform.Contracts.Engagement.V1;

namespace CsPlatform.Engagement.DailyUse;

/// <summary>
/// Tells how much accounts use the product. Marked by whoever has told their changed days, off the way of the intake.
/// </summary>
internal static class UseFiguresPublisher
{
    private const int WindowDays = 28;

    /// <summary>Today is the first day on which a day with use lies outside the window.</summary>
    private static readonly string Turning = $"""
        select account_id from engagement.account_day
        where day + {WindowDays} > @after and day + {WindowDays} <= @today
        """;

    public static void AddUseFigures(this IHostApplicationBuilder builder) =>
        builder.AddFigureNotices("engagement", Read, Turning);

    private static async Task<object?> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, long version, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select account_id,
              (select count(*)::int from engagement.account_day d
                where d.account_id = account.account_id and day > $2 and day <= $3),
              (select count(distinct user_id)::int from engagement.account_day_user u
                where u.account_id = account.account_id and day > $2 and day <= $3),
              (select max(day) from engagement.account_day d
                where d.account_id = account.account_id and day <= $3)
            from unnest($1) as account (account_id)
            """, connection);
        var today = DateOnly.FromDateTime(asOf.UtcDateTime);
        command.Parameters.Add(new() { Value = accountIds });
        command.Parameters.Add(new() { Value = today.AddDays(-WindowDays) });
        command.Parameters.Add(new() { Value = today });
        List<V1.UseFigures> figures = [];
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            figures.Add(new(
                row.GetGuid(0), row.GetInt32(1), row.GetInt32(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<DateOnly>(3)));
        return new V1.UseFiguresChanged(figures, asOf, version);
    }
}
