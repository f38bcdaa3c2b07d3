using System.Collections.Concurrent;

namespace CsPlatform.Health.Scoring;

/// <summary>
/// What a fact of some age still counts. Worked out once for each half-life: a sweep asks a million times.
/// </summary>
internal static class Decay
{
    private const int MaxAgeDays = 400;

    private static readonly ConcurrentDictionary<int, decimal[]> Weights = new();
    private static readonly ConcurrentDictionary<int, decimal[]> Sums = new();

    public static decimal Weight(int? halfLifeDays, int ageDays) =>
        halfLifeDays is { } half ? WeightsOf(half)[Math.Min(ageDays, MaxAgeDays)] : 1m;

    /// <summary>The weights of the ages from nought to <paramref name="days"/>, the last not included.</summary>
    public static decimal Sum(int? halfLifeDays, int days) =>
        halfLifeDays is { } half ? Sums.GetOrAdd(half, SumsOf)[Math.Min(days, MaxAgeDays)] : days;

    private static decimal[] WeightsOf(int half) => Weights.GetOrAdd(half, static h =>
        [.. Enumerable.Range(0, MaxAgeDays + 1).Select(age => Math.Round((decimal)Math.Pow(2, -(double)age / h), 6))]);

    private static decimal[] SumsOf(int half)
    {
        var sums = new decimal[MaxAgeDays + 1];
        for (var i = 1; i <= MaxAgeDays; i++)
            sums[i] = sums[i - 1] + WeightsOf(half)[i - 1];
        return sums;
    }
}
