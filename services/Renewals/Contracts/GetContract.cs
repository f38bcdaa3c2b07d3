using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Contracts;

/// <summary>A contract as signed, and how it stands today.</summary>
/// <param name="ContractId">The contract.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Status">
/// upcoming, active, renewed (over, and carried on) or lapsed (over, and not carried on). By UTC days.
/// </param>
/// <param name="StartsOn">First day of the term.</param>
/// <param name="EndsOn">Last day of the term.</param>
/// <param name="Seats">Licensed seats.</param>
/// <param name="Products">What is licensed; empty when the contract does not say.</param>
/// <param name="RecurringAmount">Per billing period.</param>
/// <param name="BillingPeriod">What the amount is paid for.</param>
/// <param name="AnnualAmount">Of a year.</param>
/// <param name="NoticePeriodDays">Days before the end by which notice must be given, where agreed.</param>
/// <param name="AutoRenews">Whether it goes on unless notice is given.</param>
/// <param name="SignedAt">When we were told, UTC.</param>
/// <param name="RenewalId">Its renewal, once that has opened.</param>
/// <param name="SuccessorId">The contract that carries it on.</param>
/// <param name="Version">Also the ETag.</param>
internal sealed record ContractView(
    Guid ContractId, Guid AccountId, ContractStatus Status, DateOnly StartsOn, DateOnly EndsOn, int Seats,
    IReadOnlyList<string> Products, Money RecurringAmount, BillingPeriod BillingPeriod, Money AnnualAmount,
    int? NoticePeriodDays, bool AutoRenews, DateTimeOffset SignedAt, Guid? RenewalId, Guid? SuccessorId, long Version)
{
    public static ContractView Of(Contract c, DateOnly today) => new(
        c.Id, c.AccountId, c.StatusOn(today), c.StartsOn, c.EndsOn, c.Seats, c.Products, c.RecurringAmount,
        c.BillingPeriod, c.AnnualAmount, c.NoticePeriodDays, c.AutoRenews, c.SignedAt, c.RenewalId, c.SuccessorId,
        c.Version);
}

internal static class GetContractEndpoint
{
    public static void MapGetContract(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/contracts/{id:guid}", Handle)
            .WithName("GetContract")
            .WithSummary("One contract")
            .Require(Permissions.ReadContracts);

    private static async Task<Ok<ContractView>> Handle(
        Guid id, HttpResponse response, IQuerySession session, TimeProvider clock, CancellationToken ct)
    {
        if (await session.LoadAsync<Contract>(id, ct) is not { } contract)
            throw RefusedException.Unknown("contract");

        response.Headers.ETag = ETag.Of(contract.Version);
        return TypedResults.Ok(ContractView.Of(contract, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));
    }
}
