namespace CsPlatform.Health.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("").WithTags("Models");
        models.MapGetModels();
        models.MapPublishModel();
    }
}
