using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>
/// Every crash point of every service: the process dies there at the first arrival, and at the next one, which is the
/// repeat of what was cut off; then it is let through, and everything must be as if nothing had happened.
/// </summary>
[Collection(nameof(FaultsSystem))]
public sealed class CrashPointTests(FaultsSystem system, ITestOutputHelper output)
{
    private const int Deaths = 2, PlacesOfTheShortSet = 10;

    /// <summary>
    /// Not met in a season of load: each has a scenario of its own in <see cref="CrashedWorkTests"/> or <see
    /// cref="CrashedUpkeepTests"/>.
    /// </summary>
    private static readonly string[] Special =
    [
        "drain-begun", "intake-draining", "schema-migrated", "model-rebuilt", "job-done", "import-rows-saved",
        "parked-replay-counted", "parked-replay-taken", "failed-message-kept", "failed-message-replayed",
        "rebuild-asked", "read-model-emptied", "rebuild-done", "retelling-asked", "retelling-page-told",
    ];

    private static readonly IReadOnlyList<CrashPlace> Met = [.. CrashPoints.All.Where(p => !Special.Contains(p.Point))];

    private static readonly IReadOnlyList<CrashPlace> Places = Soak.Is ? Met : Sampled(Sampling.Seed);

    /// <summary>Points of one round belong to different work as far as it goes: each dies in its own.</summary>
    private static readonly int RoundCount = Soak.Is ? 12 : 1;

    public static TheoryData<int> Rounds => new(Enumerable.Range(0, RoundCount));

    [Theory]
    [MemberData(nameof(Rounds))]
    public async Task Death_at_any_point_and_again_at_the_repeat_loses_and_doubles_nothing(int round)
    {
        var places = Places.GroupBy(p => p.Service)
            .SelectMany(service => service.Where((_, i) => i % RoundCount == round)).ToList();
        output.WriteLine($"CSP_SEED={Sampling.Seed}: {string.Join(", ", places)}");
        foreach (var place in places)
            system.Points.Arm(place, Deaths);
        await using var reviver = new Reviver(system);
        if (places.Any(p => p.Point == "daemon-led"))
            await Task.WhenAll(
                places.Where(p => p.Point == "daemon-led").Select(p => system.KillAndReviveAsync(p.Service)));

        await new Season(system, seed: 100 + round, $"round-{round}").RunAsync(eventsPerDay: 2);

        Assert.DoesNotContain(places, p => system.Points.Left(p) > 0);
        Assert.True(reviver.Deaths >= places.Count * Deaths, $"{reviver.Deaths} deaths at {places.Count} places");
        Totals.Add("deaths at crash points", reviver.Deaths);
        Totals.Add(reviver.Downtimes);
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Fact]
    public void Every_service_has_points_and_every_special_one_exists()
    {
        Assert.All(Contracts.Topology.Services, s => Assert.Contains(CrashPoints.All, p => p.Service == s.Name));
        Assert.All(Special, point => Assert.Contains(CrashPoints.All, p => p.Point == point));
    }

    [Fact]
    public void A_sample_is_as_long_however_many_points_there_are_has_each_service_and_comes_to_all_of_them()
    {
        var samples = Enumerable.Range(0, 200).Select(Sampled).ToList();

        Assert.Equal(Sampled(7), samples[7]);
        Assert.All(samples, sample => Assert.Equal(PlacesOfTheShortSet, sample.Distinct().Count()));
        Assert.All(samples, sample => Assert.Equal(
            Met.Select(p => p.Service).Distinct().Order(), sample.Select(p => p.Service).Distinct().Order()));
        Assert.Equal(Met.Count, samples.SelectMany(sample => sample).Distinct().Count());
    }

    private static IReadOnlyList<CrashPlace> Sampled(int seed)
    {
        // From each service in turn: services start beside each other, the deaths of one follow each other.
        var shuffled = Sampling.Chosen(Met, Met.Count, seed);
        return [.. shuffled.GroupBy(p => p.Service).SelectMany(places => places.Index())
            .OrderBy(p => p.Index).Select(p => p.Item).Take(PlacesOfTheShortSet)];
    }
}
