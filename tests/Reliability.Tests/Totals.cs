using System.Collections.Concurrent;
using CsPlatform.Reliability.Tests.Crashes;

namespace CsPlatform.Reliability.Tests;

/// <summary>
/// What a run did and how long recovery took, kept in <c>.local/test/reliability.json</c>, for tests/reliability.md and
/// for the last lines of <c>./cs test --soak</c>.
/// </summary>
internal static class Totals
{
    private static readonly ConcurrentDictionary<string, long> Counts = new();
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<double>> Seconds = new();
    private static readonly ConcurrentDictionary<CrashPlace, bool> Places = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Lock Writing = new();

    public static void Add(string what, long count)
    {
        Counts.AddOrUpdate(what, count, (_, before) => before + count);
        Write();
    }

    /// <summary>Times from a death to the first healthy answer.</summary>
    public static void Add(IEnumerable<TimeSpan> downtimes)
    {
        foreach (var downtime in downtimes)
            Recovered("service killed", downtime);
    }

    /// <summary>One recovery time under the name of its fault.</summary>
    public static void Recovered(string fault, TimeSpan time)
    {
        Seconds.GetOrAdd(fault, _ => new()).Enqueue(time.TotalSeconds);
        Write();
    }

    /// <summary>A crash point of a service that this run dies at, or its test fails.</summary>
    public static void DiesAt(CrashPlace place) => Places[place] = true;

    private static void Write()
    {
        lock (Writing)
            File.WriteAllText(
                Soak.ResultFile("reliability.json"),
                JsonSerializer.Serialize(new
                {
                    crashPoints = new
                    {
                        all = CrashPoints.All.Count,
                        died = Places.Count,
                        never = CrashPoints.All.Except(Places.Keys).Select(p => $"{p}").Order(),
                    },
                    counts = Counts.OrderBy(c => c.Key).ToDictionary(c => c.Key, c => c.Value),
                    recoverySeconds = Seconds.OrderBy(s => s.Key).ToDictionary(
                        s => s.Key, s => Summary([.. s.Value.Order()])),
                }, Indented));
    }

    private static object Summary(IReadOnlyList<double> sorted) => new
    {
        times = sorted.Count,
        median = Math.Round(sorted[sorted.Count / 2], 2),
        longest = Math.Round(sorted[^1], 2),
    };
}
