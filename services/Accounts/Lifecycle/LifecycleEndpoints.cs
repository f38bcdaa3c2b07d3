namespace CsPlatform.Accounts.Lifecycle;

internal static class LifecycleEndpoints
{
    public static void MapLifecycle(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("").WithTags("Accounts");
        accounts.MapRegisterAccount();
        accounts.MapCorrectDetails();
        accounts.MapLinkExternalKey();
        accounts.MapAssignCsm();
        accounts.MapEnterStage();
    }
}
