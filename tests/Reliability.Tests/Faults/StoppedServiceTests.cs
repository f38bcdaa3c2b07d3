using System.Diagnostics;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// One service after the other is asked to end, or stopped to make its read models anew, while clients send.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class StoppedServiceTests(FaultSystem system)
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(20);

    /// <summary>What waited while it was stopped comes at once, in its first seconds.</summary>
    private static readonly TimeSpan RebuiltMax = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Services_that_are_asked_to_end_finish_what_they_have_in_hand()
    {
        string[] services = ["engagement", "health", "accounts", "renewals", "feedback"];
        var longest = TimeSpan.Zero;
        await system.SufferAsync("SIGTERM of each service under load", "each drains and ends within 20 seconds; nothing lost",
            () => Task.CompletedTask,
            async _ =>
            {
                foreach (var service in services)
                {
                    var since = Stopwatch.GetTimestamp();
                    await system.StopAsync(service); // would kill it after 20 seconds
                    longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(since).Ticks));
                    await system.RestartAsync(service);
                }
            },
            () => Task.CompletedTask);

        Assert.InRange(longest, TimeSpan.Zero, DrainMax);
    }

    [Theory]
    [InlineData("health", true)]
    [InlineData("accounts", false)]
    [InlineData("feedback", false)]
    [InlineData("renewals", false)]
    public async Task Read_models_are_made_anew_while_the_others_go_on_and_what_came_meanwhile_is_judged(
        string service, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        var recovery = await system.SufferAsync($"Read models of {service} made anew under load",
            "HTTP intake goes on, messages wait; the models are those that were served before",
            () => system.StopAsync(service),
            async probe =>
            {
                var rebuilt = system.Platform.RebuildAsync([service], TestContext.Current.CancellationToken);
                await probe.TakesAsync(FaultSystem.Lasts(2, 10));
                await rebuilt;
            },
            () => system.RestartAsync(service));

        recovery.AssertWithin(RebuiltMax);
    }
}
