using CsPlatform.Health.Facts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scoring;
using Npgsql;

namespace CsPlatform.Health.Scores;

/// <summary>An account's health, worked out now from the facts as they are.</summary>
/// <param name="Score">0 to 100, higher is better; the sum of the contributions. None while nothing is known.</param>
/// <param name="Band">green, yellow or red; none below the model's coverage floor.</param>
/// <param name="Sufficient">Whether enough is known for a band and for alerts.</param>
/// <param name="Change7Days">
/// Score now minus the one of 7 days ago; none if there was none by this version of the model.
/// </param>
/// <param name="Missing">Measures of which nothing is known; they left the sum.</param>
/// <param name="Reasons">What costs most points, in words.</param>
/// <param name="LastStored">The last score kept in history, with the ledger of its change.</param>
/// <param name="Frozen">The account churned: the score stands as it was then.</param>
internal sealed record HealthView(
    Guid AccountId, string? Name, decimal? Score, Band? Band, decimal Coverage, bool Sufficient, string ModelId,
    int ModelVersion,
    DateTimeOffset AsOf, decimal? Change7Days, decimal? Change28Days, IReadOnlyList<Contribution> Contributions,
    IReadOnlyList<string> Missing, IReadOnlyList<Reason> Reasons, StoredScore? LastStored, bool Frozen);

/// <param name="Changes">Adds up to the score minus the one before.</param>
internal sealed record StoredScore(
    DateTimeOffset AsOf, decimal Score, decimal? Previous, bool LateData, IReadOnlyList<ScoreChange> Changes);

internal static class GetHealthEndpoint
{
    public static void MapGetHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/accounts/{id:guid}/health", Handle)
            .WithName("GetHealth").WithSummary("An account's health now, and why").WithTags("Health")
            .ProducesProblem(404)
            .Require(Permissions.ReadHealth);

    private static async Task<Ok<HealthView>> Handle(
        Guid id, NpgsqlDataSource database, IQuerySession session, DefaultModelSeed seed, TimeProvider clock,
        CancellationToken ct)
    {
        var (now, model) = (clock.GetUtcNow(), (await seed.Current(ct)).Current);
        var facts = await ScoredFacts.Read(database, id, model, now, ct);
        if (facts is null or { Account.Registered: false })
            throw RefusedException.Unknown("account");

        var stored = await session.LoadAsync<AccountHealth>(id, ct);
        return TypedResults.Ok(stored is { Frozen: true } ? Frozen(facts, stored) : View(model, facts, stored, now));
    }

    private static HealthView View(ScoreModel model, AccountFacts facts, AccountHealth? stored, DateTimeOffset now)
    {
        var score = Scorer.Score(model, facts, now);
        var known = score.Contributions.Count > 0;
        return new(
            facts.Account.AccountId, facts.Account.Name, known ? score.Value : null,
            score.Sufficient ? model.Bands.BandOf(score.Value, stored?.Band) : null,
            score.Coverage, score.Sufficient, score.ModelId, score.ModelVersion, now,
            stored?.TrendOver(7, score, now), stored?.TrendOver(28, score, now),
            score.Contributions, score.Missing, ReasonWriter.Write(model, score, null), Stored(stored), Frozen: false);
    }

    private static HealthView Frozen(AccountFacts facts, AccountHealth stored) => new(
        stored.Id, facts.Account.Name, stored.Score, stored.Band, stored.Coverage, stored.Band is not null,
        stored.ModelId,
        stored.ModelVersion, stored.AsOf, null, null, stored.Contributions, stored.Missing, [], Stored(
            stored), Frozen: true);

    private static StoredScore? Stored(AccountHealth? health) => health is null
        ? null
        : new(health.AsOf, health.Score, health.Previous, health.LateData, health.Changes);
}
