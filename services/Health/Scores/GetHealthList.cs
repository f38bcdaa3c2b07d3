using CsPlatform.Health.Scoring;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Health.Scores;

/// <summary>An account's score as last worked out, by a fact or by the sweep.</summary>
/// <param name="ScoredAt">When the score last became another.</param>
internal sealed record HealthListItem(
    Guid AccountId, string Name, decimal Score, Band? Band, decimal Coverage, string? Tier, string? Stage,
    DateTimeOffset ScoredAt);

internal static class GetHealthListEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 1000);

    private sealed record Place(decimal Score, Guid AccountId);

    public static void MapGetHealthList(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/health", Handle)
            .WithName("GetHealthList").WithSummary(
                "All accounts with a score, worst first; churned ones are left out").WithTags("Health")
            .WithMetadata(Limit)
            .Require(Permissions.ReadHealth);

    private static async Task<Ok<Page<HealthListItem>>> Handle(
        NpgsqlDataSource database, string? band, string? after, int? limit, CancellationToken ct)
    {
        var take = Limit.Of(limit);
        var (score, accountId) = Cursor.Read<Place>(after) ?? new(-1, Guid.Empty);
        await using var command = database.CreateCommand("""
            select account_id, name, score, band, coverage, tier, stage, scored_at
              from health.account_fact join health.account_directory using (account_id)
             where score is not null and name is not null and stage is distinct from 'churned'
               and ($1::text is null or band = $1) and (score, account_id) > ($2, $3)
             order by score, account_id limit $4
            """);
        command.Parameters.Add(new() { Value = (object?)FieldCheck.Of(check => check.Choice<Band>(band, "band"))?.Name() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = score });
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = take + 1 });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var items = new List<HealthListItem>();
        while (await rows.ReadAsync(ct))
            items.Add(new(
                rows.GetGuid(0), rows.GetString(1), rows.GetDecimal(2), rows.IsDBNull(3) ? null : EnumNames.Named<Band>(
                    rows.GetString(3)),
                rows.GetDecimal(4), rows.IsDBNull(5) ? null : rows.GetString(5), rows.IsDBNull(
                    6) ? null : rows.GetString(6),
                rows.GetFieldValue<DateTimeOffset>(7)));

        return TypedResults.Ok(Page.Of(items, take, i => Cursor.Of(new Place(i.Score, i.AccountId))));
    }
}
