using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Scores;

/// <summary>One score that was kept, as it was worked out then.</summary>
/// <param name="RecordedAt">When it was stored.</param>
/// <param name="Changes">The ledger since the score before; adds up to the difference exactly.</param>
internal sealed record HealthHistoryItem(
    DateTimeOffset AsOf, DateTimeOffset RecordedAt, decimal Score, Band? Band, decimal Coverage, string ModelId,
    int ModelVersion,
    decimal? Previous, bool ModelChanged, bool LateData, IReadOnlyList<ScoreChange> Changes,
    IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> Missing);

internal static class GetHealthHistoryEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 500);

    private sealed record Place(long Version);

    public static void MapGetHealthHistory(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/health/history", Handle)
            .WithName("GetHealthHistory").WithSummary(
                "The scores that were kept, newest first, each with what made it").WithTags("Health")
            .ProducesProblem(404)
            .WithMetadata(Limit)
            .Require(Permissions.ReadHealth);

    private static async Task<Ok<Page<HealthHistoryItem>>> Handle(
        Guid id, IQuerySession session, string? after, int? limit, CancellationToken ct)
    {
        var take = Limit.Of(limit);
        var place = Cursor.Read<Place>(after);
        if (await session.LoadAsync<AccountHealth>(id, ct) is null
            || await session.Events.FetchStreamStateAsync(id, ct) is not { } state)
            throw RefusedException.Unknown("account");

        var last = Math.Min(place is null ? long.MaxValue : place.Version - 1, state.Version);
        var first = Math.Max(1, last - take + 1);
        if (last < 1)
            return TypedResults.Ok(new Page<HealthHistoryItem>([], Next: null));

        var events = await session.Events.FetchStreamAsync(id, version: last, fromVersion: first, token: ct);
        var items = events
            .Where(e => e.Data is HealthScored)
            .Select(e => Item((HealthScored)e.Data, e.Timestamp))
            .Reverse()
            .ToList();
        return TypedResults.Ok(
            new Page<HealthHistoryItem>(items, first > 1 ? Cursor.Of(new Place(first)) : null));
    }

    private static HealthHistoryItem Item(HealthScored s, DateTimeOffset recordedAt) => new(
        s.AsOf, recordedAt, s.Score, s.Band, s.Coverage, s.ModelId, s.ModelVersion, s.Previous, s.ModelChanged,
        s.LateData,
        s.Changes, s.Contributions, s.Missing);
}
