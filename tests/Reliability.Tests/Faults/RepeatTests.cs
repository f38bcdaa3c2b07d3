using CsPlatform.Reliability.Tests.Crashes;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>Twice, at once, late or in any order: it counts once.</summary>
[Collection(nameof(FaultsSystem))]
public sealed class RepeatTests(FaultsSystem system)
{
    [Fact]
    public async Task The_same_events_over_both_transports_at_once_and_in_any_order_count_once()
    {
        var name = $"twice-{Environment.TickCount64 % 100_000}";
        await new AccountLife(system).RegisterAsync(name);
        await using var load = new UsageLoad(system);
        var plan = UsagePlan.Make(seed: 1, name, [$"crm/{name}"], system.Now, days: 10);

        await Task.WhenAll(load.SendAsync(plan), load.SendAsync(plan.OverTheOtherTransport()));
        await load.SendAsync(plan.OverTheOtherTransport());

        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }
}
