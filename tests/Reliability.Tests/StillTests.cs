using CsPlatform.Reliability.Tests.Crashes;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests;

/// <summary>Without any fault the oracle finds nothing; it does find what a test changed behind the platform's back.</summary>
[Collection(nameof(FaultsSystem))]
public sealed class StillTests(FaultsSystem system)
{
    [Fact]
    public async Task All_promises_hold_where_nothing_goes_wrong()
    {
        var season = new Season(system, seed: 1, "still");
        await season.RunAsync();

        (await new ReliabilityOracle(system).JudgeWithRebuildAsync()).AssertHolds();
        Assert.Equal(0, season.Unanswered);
    }
}
