using CsPlatform.Health.Facts;
using CsPlatform.Health.Scoring;
using Npgsql;

namespace CsPlatform.Health.Scores;

/// <summary>The facts that scores are worked out from.</summary>
internal static class ScoredFacts
{
    /// <summary>
    /// So long after it was raised an alert may still be taken back, so facts must reach back that much further.
    /// </summary>
    private const int RetractionDays = 28;

    /// <summary>Of these accounts, as far back as any of the models looks, and alerts may be taken back.</summary>
    public static Task<IReadOnlyDictionary<Guid, AccountFacts>> Read(
        NpgsqlConnection connection, Guid[] ids, IReadOnlyList<ScoreModel> models, DateTimeOffset now,
        CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var days = models.Max(m => m.LookBackDays);
        var breadthDays = models.SelectMany(m => m.Measures)
            .Where(m => m.Source == MeasureSource.Breadth).Select(m => m.WindowDays).DefaultIfEmpty(0).Max();
        return FactReader.Read(
            connection, ids, today.AddDays(-days - RetractionDays), today.AddDays(-breadthDays - RetractionDays), ct);
    }

    /// <summary>Of one account, for a look at a moment; none where it is unknown.</summary>
    public static async Task<AccountFacts?> Read(
        NpgsqlDataSource database, Guid id, ScoreModel model, DateTimeOffset asOf, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await Read(connection, [id], [model], asOf, ct)).GetValueOrDefault(id);
    }
}
