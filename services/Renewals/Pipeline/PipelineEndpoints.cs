namespace CsPlatform.Renewals.Pipeline;

internal static class PipelineEndpoints
{
    public static void MapPipeline(this IEndpointRouteBuilder routes)
    {
        var renewals = routes.MapGroup("").WithTags("Renewals");
        renewals.MapListRenewals();
        renewals.MapGetRenewal();
        routes.MapRunSweep();
    }
}
