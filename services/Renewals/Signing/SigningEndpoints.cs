namespace CsPlatform.Renewals.Signing;

internal static class SigningEndpoints
{
    public static void MapSigning(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("Contracts").MapSignContract();
}
