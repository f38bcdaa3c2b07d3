namespace CsPlatform.Renewals.Signing;

internal static class SigningEndpoints
{
    public static void MapSigning(this IEndpointRouteBuilder routes)
    {
        var contracts = routes.MapGroup("").WithTags("Contracts");
        contracts.MapSignContract();
        contracts.MapGetContract();
        contracts.MapListAccountContracts();
    }
}
