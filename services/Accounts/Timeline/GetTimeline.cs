using Marten.Linq.MatchesSql;

namespace CsPlatform.Accounts.Timeline;

/// <summary>
/// An account's timeline, the latest first by when it occurred. A little behind the writers: kept by the daemon.
/// </summary>
internal static class GetTimelineEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 50, Max: 500);

    private sealed record Place(DateTimeOffset OccurredAt, long Version);

    public static void MapTimeline(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/accounts/{id:guid}/timeline", Handle)
        .WithName("GetTimeline").WithTags("Accounts")
        .WithSummary("What happened to an account, the latest first")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithMetadata(Limit)
        .Require(Permissions.ReadAccounts);

    private static async Task<Ok<Page<TimelineEntry>>> Handle(
        Guid id, string? after, int? limit, IQuerySession session, CancellationToken ct)
    {
        var take = Limit.Of(limit);
        var place = Cursor.Read<Place>(after);

        var entries = session.Query<TimelineEntry>().Where(e => e.AccountId == id);
        if (place is not null)
            entries = entries.Where(e => e.MatchesSql(
                "(d.occurred_at, d.version) < (?, ?)", place.OccurredAt.ToUniversalTime(), place.Version));
        var found = await entries.OrderBySql("d.occurred_at desc, d.version desc").Take(take + 1).ToListAsync(ct);
        if (found.Count == 0 && await session.Events.FetchStreamStateAsync(id, ct) is null)
            throw RefusedException.Unknown("account");

        return TypedResults.Ok(Page.Of(found, take, e => Cursor.Of(new Place(e.OccurredAt, e.Version)))
            .Select(e => e.Shown()));
    }
}
