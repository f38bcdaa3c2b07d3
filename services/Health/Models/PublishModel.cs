using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Models;

/// <summary>
/// The model becomes its next version, and every later score is made by it. The versions before stay as they were.
/// Alerts that hold only by the new version are kept silent.
/// </summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record PublishModel(
    string Reason, string Name, decimal CoverageFloor, decimal StoreStep, IReadOnlyList<Measure> Measures,
    BandEdges Bands,
    AlertPolicy Alerts)
{
    private const int MaxNameLength = 200, MaxReasonLength = 500;

    public IReadOnlyList<ModelPublished> Decide(ModelHistory history, DateTimeOffset now) =>
        [new ModelPublished(Model(history.ModelId, history.Current.Version + 1), Reason, now)];

    public PublishModel Checked(FieldCheck check)
    {
        ModelRules.Check(Model("", 0), check);
        return this with
        {
            Name = check.Required(Name, "name", MaxNameLength),
            Reason = check.Required(Reason, "reason", MaxReasonLength),
        };
    }

    private ScoreModel Model(string id, int version) =>
        new(id, version, Name, CoverageFloor, StoreStep, Measures, Bands, Alerts);
}

internal static class PublishModelEndpoint
{
    public static void MapPublishModel(this IEndpointRouteBuilder routes) => routes
        .MapPut("/v1/models/{id}", (string id, PublishModel body, Commands commands, CancellationToken ct) =>
            commands.Change<ModelHistory, ModelView>(
                ModelHistory.StreamId(id), FieldCheck.Of(body.Checked).Decide, h => ModelView.Of(
                    h, h.Current.Version), ct,
                "model"))
        .WithName(nameof(PublishModel)).WithSummary("Publish the next version of a score model")
        .AsChange(Permissions.PublishModels);
}
