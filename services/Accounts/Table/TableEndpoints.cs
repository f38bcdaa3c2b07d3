namespace CsPlatform.Accounts.Table;

internal static class TableEndpoints
{
    public static void MapTable(this IEndpointRouteBuilder routes)
    {
        routes.MapListAccounts();
        routes.MapGetAccount();
    }
}
