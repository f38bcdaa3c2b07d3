using CsPlatform.AccountDirectory;

namespace CsPlatform.Renewals.Contracts;

internal static class ListAccountContractsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 50, Max: 200);

    public static void MapListAccountContracts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/contracts", Handle)
            .WithName("ListAccountContracts")
            .WithSummary("The contracts of an account, by the first day of their term")
            .WithMetadata(Limit)
            .Require(Permissions.ReadContracts);

    private static async Task<Ok<Page<ContractView>>> Handle(
        Guid id, string? after, int? limit, DirectoryTable directory, IQuerySession session, TimeProvider clock,
        CancellationToken ct)
    {
        var size = Limit.Of(limit);
        var from = Cursor.Read<Place>(after) ?? Place.Start;
        if (await directory.Find(session, id, ct) is null)
            throw RefusedException.Unknown("account");

        var contracts = await session.QueryAsync<Contract>(
            "where account_id = ? and (starts_on, id) > (?, ?) order by starts_on, id limit ?",
            ct, id, from.Day, from.Id, size + 1);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return TypedResults.Ok(
            Page.Of(contracts, size, c => Cursor.Of(new Place(c.StartsOn, c.Id))).Select(
                c => ContractView.Of(c, today)));
    }
}
