using CsPlatform.Reliability.Tests.Crashes;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>One service after the other is killed while clients send.</summary>
[Collection(nameof(FaultsSystem))]
public sealed class ProcessFaultTests(FaultsSystem system)
{
    private static readonly TimeSpan RestartMax = TimeSpan.FromSeconds(10);

    /// <summary>One of them in the short set.</summary>
    public static TheoryData<string> Killed => [.. Soak.Sample(PlatformOptions.AllServices, 1)];

    [Theory]
    [MemberData(nameof(Killed))]
    public async Task A_killed_service_is_back_within_ten_seconds_of_its_start(string service)
    {
        var recovery = await system.SufferAsync($"{service} killed with kill -9", "works again within ten seconds of its start",
            () => system.KillAsync(service),
            _ => Task.CompletedTask,
            () => system.RestartAsync(service));

        recovery.AssertWithin(RestartMax);
    }
}
