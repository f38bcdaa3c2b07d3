namespace CsPlatform.Renewals.Pipeline;

internal static class ListRenewalsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 50, Max: 200);

    public static void MapListRenewals(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/renewals", Handle)
            .WithName("ListRenewals")
            .WithSummary("Renewals by the day they are due, the most urgent first; filter by status and day")
            .WithMetadata(Limit)
            .Require(Permissions.ReadContracts);

    private static async Task<Ok<Page<RenewalView>>> Handle(
        string? status, DateOnly? dueBefore, string? after, int? limit, IQuerySession session, CancellationToken ct)
    {
        var size = Limit.Of(limit);
        var from = Cursor.Read<Place>(after) ?? Place.Start;
        var wanted = FieldCheck.Of(check => check.Choice<RenewalStatus>(status, "status"));
        var where = "where (due_on, id) > (?, ?)";
        List<object> values = [from.Day, from.Id];
        if (wanted is not null)
            (where, values) = ($"{where} and status = ?", [.. values, $"{wanted}"]);
        if (dueBefore is { } day)
            (where, values) = ($"{where} and due_on < ?", [.. values, day]);

        var renewals = await session.QueryAsync<Renewal>(
            $"{where} order by due_on, id limit ?", ct, [.. values, size + 1]);
        return TypedResults.Ok(
            Page.Of(renewals, size, r => Cursor.Of(new Place(r.DueOn, r.Id))).Select(RenewalView.Of));
    }
}
