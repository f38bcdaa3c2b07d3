using System.Security.Claims;
using CsPlatform.Health.Scoring;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Health.Models;

/// <summary>
/// The model becomes its next version, and every later score is made by it. The versions before stay as they were.
/// Alerts that hold only by the new version are kept silent.
/// </summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record PublishModel(
    string Reason, string Name, decimal CoverageFloor, decimal StoreStep, IReadOnlyList<Measure> Measures, BandEdges Bands,
    AlertPolicy Alerts)
{
    private const int MaxReasonLength = 500;

    /// <exception cref="RefusedException">"invalid": the model contradicts itself; the members say where.</exception>
    public IReadOnlyList<ModelPublished> Decide(ModelHistory history, string by, DateTimeOffset now)
    {
        var model = new ScoreModel(
            history.ModelId, history.Current.Version + 1, Name, CoverageFloor, StoreStep, Measures, Bands, Alerts);
        var errors = ModelRules.Check(model);
        if (string.IsNullOrWhiteSpace(Reason) || Reason.Length > MaxReasonLength)
            errors["reason"] = [$"1 to {MaxReasonLength} characters."];
        return errors.Count > 0 ? throw RefusedException.Invalid(errors) : [new ModelPublished(model, Reason, by, now)];
    }
}

internal static class PublishModelEndpoint
{
    public static void MapPublishModel(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/v1/models/{id}", Handle)
            .WithName(nameof(PublishModel)).WithSummary("Publish the next version of a score model").WithTags("Models")
            .ProducesProblem(404).ProducesProblem(412)
            .Allow(Roles.Admin);

    private static async Task<Results<Created, NotFound>> Handle(
        string id, PublishModel command, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal user,
        HttpResponse response, IDocumentSession session, TimeProvider clock, CancellationToken ct)
    {
        var streamId = ModelHistory.StreamId(id);
        var stream = ETag.Version(ifMatch) is { } version
            ? await session.Events.FetchForWriting<ModelHistory>(streamId, version, ct)
            : await session.Events.FetchForWriting<ModelHistory>(streamId, ct);
        if (stream.Aggregate is not { } history)
            return TypedResults.NotFound();

        var published = command.Decide(history, user.FindFirstValue("sub") ?? "unknown", clock.GetUtcNow());
        stream.AppendMany(published);
        await session.SaveChangesAsync(ct);
        response.Headers.ETag = ETag.Of(published[0].Model.Version);
        return TypedResults.Created($"/v1/models/{id}/{published[0].Model.Version}");
    }
}
