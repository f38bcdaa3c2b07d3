namespace CsPlatform.Health.Alerts;

internal static class GetAlertsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 500);

    private sealed record Place(Guid Id);

    public static void MapGetAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/alerts", List)
            .WithName("GetAlerts").WithSummary("Alerts, newest first; status=open for those that need somebody")
            .WithMetadata(Limit)
            .Require(Permissions.ReadAlerts);
        routes.MapGet("/v1/alerts/{id:guid}", One)
            .WithName("GetAlert").WithSummary("One alert, with its ETag")
            .ProducesProblem(404)
            .Require(Permissions.ReadAlerts);
    }

    private static async Task<Ok<Page<AlertView>>> List(
        IQuerySession session, string? status, Guid? accountId, string? after, int? limit, CancellationToken ct)
    {
        var take = Limit.Of(limit);
        IQueryable<Alert> alerts = session.Query<Alert>();
        if (accountId is { } account)
            alerts = alerts.Where(a => a.AccountId == account);
        if (status == "open")
            alerts = alerts.Where(a => a.Open);
        else if (status is not null)
        {
            var wanted = FieldCheck.Of(check => check.Choice<AlertStatus>(status, "status"));
            alerts = alerts.Where(a => a.Status == wanted);
        }
        if (Cursor.Read<Place>(after) is { Id: var last })
            alerts = alerts.Where(a => a.Id.CompareTo(last) < 0);

        var found = await alerts.OrderByDescending(a => a.Id).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(Page.Of(found, take, a => Cursor.Of(new Place(a.Id))).Select(AlertView.Of));
    }

    private static async Task<Ok<AlertView>> One(
        Guid id, IQuerySession session, HttpResponse response, CancellationToken ct)
    {
        if (await session.LoadAsync<Alert>(id, ct) is not { } alert)
            throw RefusedException.Unknown("alert");

        response.Headers.ETag = ETag.Of(alert.Version);
        return TypedResults.Ok(AlertView.Of(alert));
    }
}
