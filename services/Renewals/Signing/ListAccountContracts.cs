using CsPlatform.Renewals.Messaging;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CsPlatform.Renewals.Signing;

internal static class ListAccountContractsEndpoint
{
    public static void MapListAccountContracts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/contracts", Handle)
            .WithName("ListAccountContracts")
            .WithSummary("The contracts of an account, by the first day of their term")
            .WithTags("Contracts")
            .AllowReaders();

    private static async Task<Results<Ok<Page<ContractView>>, NotFound>> Handle(
        Guid id, string? after, int? limit, IQuerySession session, TimeProvider clock, CancellationToken ct)
    {
        var size = Limit.Of(limit);
        var from = after is null ? Cursor.Start : Cursor.Parse(after);
        if (await session.LoadAsync<KnownAccount>(id, ct) is null)
            return TypedResults.NotFound();

        var contracts = await session.QueryAsync<Contract>(
            "where account_id = ? and (starts_on, id) > (?, ?) order by starts_on, id limit ?",
            ct, id, from.Day, from.Id, size + 1);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return TypedResults.Ok(Page<ContractView>.Of(
            [.. contracts.Select(c => ContractView.Of(c, today))], size, c => new Cursor(c.StartsOn, c.ContractId)));
    }
}
