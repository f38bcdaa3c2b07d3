using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Pipeline;

/// <summary>The work of carrying one contract on.</summary>
/// <param name="RenewalId">The renewal.</param>
/// <param name="ContractId">The contract to renew.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Status">open, also past the due day, or renewed.</param>
/// <param name="DueOn">Last day of the contract.</param>
/// <param name="AnnualAmount">Of a year, up for renewal.</param>
/// <param name="SuccessorId">The contract that carries the term on.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="ClosedAt">UTC.</param>
/// <param name="Version">Also the ETag.</param>
internal sealed record RenewalView(
    Guid RenewalId, Guid ContractId, Guid AccountId, RenewalStatus Status, DateOnly DueOn, Money AnnualAmount,
    Guid? SuccessorId, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, long Version)
{
    public static RenewalView Of(Renewal r) => new(
        r.Id, r.ContractId, r.AccountId, r.Status, r.DueOn, r.AnnualAmount, r.SuccessorId, r.OpenedAt, r.ClosedAt,
        r.Version);
}

internal static class GetRenewalEndpoint
{
    public static void MapGetRenewal(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/renewals/{id:guid}", Handle)
            .WithName("GetRenewal")
            .WithSummary("One renewal")
            .Require(Permissions.ReadContracts);

    private static async Task<Ok<RenewalView>> Handle(
        Guid id, HttpResponse response, IQuerySession session, CancellationToken ct)
    {
        if (await session.LoadAsync<Renewal>(id, ct) is not { } renewal)
            throw RefusedException.Unknown("renewal");

        response.Headers.ETag = ETag.Of(renewal.Version);
        return TypedResults.Ok(RenewalView.Of(renewal));
    }
}
