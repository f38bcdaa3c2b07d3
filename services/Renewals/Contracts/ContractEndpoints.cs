namespace CsPlatform.Renewals.Contracts;

internal static class ContractEndpoints
{
    public static void MapContracts(this IEndpointRouteBuilder routes)
    {
        var contracts = routes.MapGroup("").WithTags("Contracts");
        contracts.MapGetContract();
        contracts.MapListAccountContracts();
    }
}
