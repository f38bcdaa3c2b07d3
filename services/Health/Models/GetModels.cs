using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Models;

internal sealed record ModelListItem(
    string ModelId, int Version, string Name, string Reason, string PublishedBy, DateTimeOffset PublishedAt,
    bool Current);

internal sealed record ModelView(
    ScoreModel Model, string Reason, string PublishedBy, DateTimeOffset PublishedAt, bool Current)
{
    public static ModelView Of(ModelHistory history, int version)
    {
        var found = history.Versions[version - 1];
        return new(found.Model, found.Reason, found.By, found.At, version == history.Versions.Count);
    }
}

internal static class GetModelsEndpoint
{
    public static void MapGetModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", List)
            .WithName("GetModels").WithSummary("All versions of all score models, newest first")
            .Require(Permissions.ReadHealth);
        routes.MapGet("/v1/models/{id}/{version:int}", One)
            .WithName("GetModel").WithSummary("One version of a score model")
            .ProducesProblem(404)
            .Require(Permissions.ReadHealth);
    }

    private static async Task<Ok<Page<ModelListItem>>> List(IQuerySession session, CancellationToken ct)
    {
        var histories = await session.Query<ModelHistory>().ToListAsync(ct);
        List<ModelListItem> items =
        [
            .. histories.SelectMany(h => h.Versions.Reverse().Select(v => new ModelListItem(
                v.Model.ModelId, v.Model.Version, v.Model.Name, v.Reason, v.By, v.At, v.Model == h.Current))),
        ];
        return TypedResults.Ok(new Page<ModelListItem>(items, Next: null));
    }

    private static async Task<Ok<ModelView>> One(
        string id, int version, IQuerySession session, HttpResponse response, CancellationToken ct)
    {
        var history = await session.LoadAsync<ModelHistory>(ModelHistory.StreamId(id), ct);
        if (history is null || version < 1 || version > history.Versions.Count)
            throw RefusedException.Unknown("model");

        response.Headers.ETag = ETag.Of(history.Versions.Count);
        return TypedResults.Ok(ModelView.Of(history, version));
    }
}
