using System.Diagnostics;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>kill -9 of any service at any moment, under load, by a seed that is printed.</summary>
[Collection(nameof(FaultsSystem))]
public sealed class RandomKillTests(FaultsSystem system, ITestOutputHelper output)
{
    private static readonly int KillsASeason = Soak.Is ? 40 : 10;

    /// <summary>The first season is the short set.</summary>
    public static TheoryData<int> Seasons => new(Enumerable.Range(0, Soak.Is ? 13 : 1));

    [Theory]
    [MemberData(nameof(Seasons))]
    public async Task Kills_at_random_lose_and_double_nothing(int season)
    {
        output.WriteLine($"CSP_SEED={Sampling.Seed}");
        var seed = Sampling.Seed + season;
        await using var reviver = new Reviver(system);
        var kills = 0;

        await new Season(system, seed, $"random-{season}").RunAsync(
            customers: 4, eventsPerDay: Soak.Is ? 20 : 6, meanwhile: async () => kills = await KillAsync(
                new Random(seed)));

        Totals.Add("kills at random", kills);
        Totals.Add(reviver.Downtimes);
        var oracle = new ReliabilityOracle(system);
        var verdict = Soak.Is ? await oracle.JudgeWithRebuildAsync() : await oracle.JudgeAsync();
        Assert.True(
            verdict.Violations.Count == 0, $"CSP_SEED={Sampling.Seed}: {string.Join('\n', verdict.Violations)}");
        Assert.Equal(KillsASeason, kills);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_while_the_database_is_away()
    {
        (await PushBack.JudgeAsync(system, "push-back")).AssertHolds();
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    private async Task<int> KillAsync(Random random)
    {
        var kills = 0;
        while (kills < KillsASeason)
        {
            await Task.Delay(random.Next(100, 1500));
            var service = PlatformOptions.AllServices[random.Next(PlatformOptions.AllServices.Count)];
            if (system.Platform.HasEnded(service) || !system.Platform.Started.Contains(service))
                continue; // dead already: its turn comes again
            using var process = Process.GetProcessById(system.Platform.ProcessId(service));
            process.Kill();
            kills++;
        }
        return kills;
    }
}
