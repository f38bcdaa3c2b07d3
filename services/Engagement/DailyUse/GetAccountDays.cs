using CsPlatform.Contracts.Engagement.V1;
using Npgsql;

namespace CsPlatform.Engagement.DailyUse;

/// <summary>An account's days with use, in order; a day without use is not among them.</summary>
internal sealed record AccountDays(Guid AccountId, DateOnly From, DateOnly To, IReadOnlyList<UsageDay> Days);

/// <summary>Reads the daily figures.</summary>
internal static class GetAccountDaysEndpoint
{
    private const int RangeDaysMax = 800;

    public static void MapDailyUse(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/accounts/{id:guid}/days", Handle)
        .WithName("GetAccountDays")
        .WithSummary("Daily use of an account; the last 90 days unless given")
        .WithTags("Daily use")
        .Require(Permissions.ReadUsage)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Ok<AccountDays>> Handle(
        Guid id, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken,
        DateOnly? from = null, DateOnly? to = null)
    {
        var until = to ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var since = from ?? until.AddDays(-Math.Min(89, until.DayNumber));
        if (until < since || until.DayNumber - since.DayNumber >= RangeDaysMax)
            throw RefusedException.Invalid("to", $"is not before from, and at most {RangeDaysMax} days in all");

        await using var select = database.CreateCommand(
            """
            select d.day, d.events, d.active_users, d.minutes, d.version,
              array(select feature from engagement.account_day_feature f
                where f.account_id = d.account_id and f.day = d.day order by feature)
            from engagement.account_day d
            where d.account_id = $1 and d.day between $2 and $3
            order by d.day
            """);
        select.Parameters.Add(new() { Value = id });
        select.Parameters.Add(new() { Value = since });
        select.Parameters.Add(new() { Value = until });
        var days = new List<UsageDay>();
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
                days.Add(new UsageDay(
                    reader.GetFieldValue<DateOnly>(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetDecimal(3),
                    reader.GetFieldValue<string[]>(5), reader.GetInt64(4)));

        return days.Count > 0 || await IsKnown(database, id, cancellationToken)
            ? TypedResults.Ok(new AccountDays(id, since, until, days))
            : throw RefusedException.Unknown("account");
    }

    private static async Task<bool> IsKnown(NpgsqlDataSource database, Guid id, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            "select exists (select from engagement.subject_key where subject = $1)");
        select.Parameters.Add(new() { Value = $"account/{id}" });
        return (bool)(await select.ExecuteScalarAsync(cancellationToken))!;
    }
}
