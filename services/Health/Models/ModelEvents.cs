using System.Text.Json.Serialization;
using CsPlatform.Health.Scoring;
using JasperFx.Events;

namespace CsPlatform.Health.Models;

/// <summary>A version of a score model was published. It never changes; the next one replaces it.</summary>
/// <param name="By">Who, in events of old; today the event's metadata says it.</param>
[Stored("model_published.v1")]
internal sealed record ModelPublished(
    ScoreModel Model, string Reason, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null);

/// <summary>All versions of one score model, oldest first; the last one scores.</summary>
/// <param name="Id">Stream id, derived from the model's name.</param>
internal sealed partial record ModelHistory(Guid Id, string ModelId, IReadOnlyList<ModelVersion> Versions)
{
    public ScoreModel Current => Versions[^1].Model;

    public ScoreModel Version(int version) => Versions[version - 1].Model;

    public static ModelHistory Create(IEvent<ModelPublished> e) =>
        new(StreamId(e.Data.Model.ModelId), e.Data.Model.ModelId, [Of(e)]);

    public ModelHistory Apply(IEvent<ModelPublished> e) => this with { Versions = [.. Versions, Of(e)] };

    /// <summary>The same for every replica and every start, so that the first version is published once.</summary>
    public static Guid StreamId(string modelId) => new(
        System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"health-model/{modelId}")).AsSpan(0, 16));

    private static ModelVersion Of(IEvent<ModelPublished> e) =>
        new(e.Data.Model, e.Data.Reason, e.Data.By ?? e.UserName ?? "unknown", e.Data.At);
}

/// <param name="By">User id, or <c>system</c> for the one that comes with the product.</param>
internal sealed record ModelVersion(ScoreModel Model, string Reason, string By, DateTimeOffset At);
