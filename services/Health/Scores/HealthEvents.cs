using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Scores;

/// <summary>
/// A fact of one account's health stream (id = account). Stored for ever: add new ones, never change one.
/// </summary>
internal interface IHealthEvent;

/// <summary>
/// A score worth keeping: it moved by the model's step, its band or coverage state changed, or the model did. Carries
/// all that made it, so it is never worked out again to explain it.
/// </summary>
/// <param name="AsOf">The moment scored.</param>
/// <param name="Band">None below the coverage floor.</param>
/// <param name="Changes">
/// The ledger since the score before; adds up to the difference. Empty for the first score.
/// </param>
/// <param name="Previous">The score stored before.</param>
/// <param name="LateData">Whether facts that arrived late since then moved the score.</param>
[Stored("health_scored.v1")]
internal sealed record HealthScored(
    Guid AccountId, string ModelId, int ModelVersion, DateTimeOffset AsOf, decimal Score, Band? Band, decimal Coverage,
    IReadOnlyList<Contribution> Contributions, IReadOnlyList<string> Missing, IReadOnlyList<ScoreChange> Changes,
    decimal? Previous, Band? PreviousBand, bool ModelChanged, bool LateData) : IHealthEvent;

/// <summary>The account churned: its score stands still from here on.</summary>
[Stored("health_frozen.v1")]
internal sealed record HealthFrozen(Guid AccountId, DateTimeOffset At) : IHealthEvent;

/// <summary>The account came back: it is scored again.</summary>
[Stored("health_resumed.v1")]
internal sealed record HealthResumed(Guid AccountId, DateTimeOffset At) : IHealthEvent;
