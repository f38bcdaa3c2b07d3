using System.Text.Json;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Health.Scoring;
using Npgsql;
using V1 = CsPlatform.Contracts.Health.V1;

namespace CsPlatform.Health.Scores;

/// <summary>Tells how accounts are: the score last worked out, and what costs most of it.</summary>
internal static class HealthFiguresPublisher
{
    private const int DriversMax = 3;

    public static void AddHealthFigures(this IHostApplicationBuilder builder) =>
        builder.AddFigureNotices("health", Read);

    /// <summary>What costs most, the most first; measures at full marks cost nothing.</summary>
    public static IReadOnlyList<HealthDriver> Drivers(Score score) =>
    [
        .. score.Contributions.Select(c => new HealthDriver(c.Measure, c.FullPoints - c.Points))
            .Where(d => d.Points > 0)
            .OrderByDescending(d => d.Points).ThenBy(d => d.Measure, StringComparer.Ordinal)
            .Take(DriversMax),
    ];

    private static async Task<object?> Read(
        NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, long version, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select account_id, score, coverage, band, drivers from health.account_fact
            where account_id = any($1) and scored_at is not null
            """, connection);
        command.Parameters.Add(new() { Value = accountIds });
        List<V1.HealthFigures> figures = [];
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            figures.Add(new(
                row.GetGuid(0), row.IsDBNull(1) ? null : row.GetDecimal(1), row.IsDBNull(2) ? null : row.GetDecimal(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                JsonSerializer.Deserialize<HealthDriver[]>(row.GetString(4), JsonSerializerOptions.Web)!));
        return figures.Count == 0 ? null : new HealthFiguresChanged(figures, asOf, version);
    }
}
