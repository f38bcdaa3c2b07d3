using static CsPlatform.Renewals.Tests.RenewalsSystem;

namespace CsPlatform.Renewals.Tests.Clock;

[Collection(nameof(RunningClock))]
public sealed class ScheduleTests(RunningClock system)
{
    [Fact]
    public async Task Jobs_run_by_themselves_only_from_the_moment_that_the_clock_runs()
    {
        await system.MoveClockTo("2014-01-10", runs: false);
        await system.StopAsync("renewals");
        await system.ExecuteAsync("truncate renewals.qrtz_triggers cascade");
        await system.RestartAsync("renewals");
        var contract = await system.DueContractAsync("2014-02-01");
        await MustHaveLookedAsync();
        Assert.Equal(0, await system.TriggersAsync());
        Assert.False(await system.HasRenewalAsync(contract));

        await system.MoveClockTo("2014-01-10", runs: true);
        await Eventually.HoldsAsync(() => system.HasRenewalAsync(contract));
        Assert.Equal(2, await system.TriggersAsync());

        // In the domain's time, on a schedule in real time.
        var opened = (await system.Contract(contract)).GetProperty("renewalId").GetGuid();
        Assert.StartsWith(
            "2014-01-10", (await system.Get($"/v1/renewals/{opened}")).GetProperty("openedAt").GetString());
        await using var next = system.Database("renewals").CreateCommand(
            "select next_fire_time from renewals.qrtz_triggers where trigger_name like '%RenewalSweepJob%'");
        var due = new DateTimeOffset((long)(await next.ExecuteScalarAsync())!, TimeSpan.Zero);
        Assert.InRange(due - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(61));

        // The same after a restart: its first run finds what is due since.
        var later = await system.DueContractAsync("2014-02-02");
        await system.KillAsync("renewals");
        await system.RestartAsync("renewals");
        await Eventually.HoldsAsync(() => system.HasRenewalAsync(later));
    }

    [Fact]
    public async Task Due_work_is_done_when_it_is_asked_for_and_says_what_it_did()
    {
        await system.MoveClockTo("2016-01-10", runs: false);
        var contract = await system.DueContractAsync("2016-03-31");
        Assert.False(await system.HasRenewalAsync(contract));
        Assert.Equal(0, await OpenedAsync());

        await system.MoveClockTo("2016-02-10", runs: false);
        Assert.Equal(1, await OpenedAsync());
        Assert.True(await system.HasRenewalAsync(contract));
        Assert.Equal(0, await OpenedAsync());

        async Task<int> OpenedAsync()
        {
            using var answer = await system.Ops.PostAsync("/dev/due", null);
            Assert.True(answer.IsSuccessStatusCode);
            var done = await Read(answer);
            Assert.Equal(["RenewalSweepJob", "TurnFiguresJob"], done.EnumerateObject().Select(job => job.Name).Order());
            return done.GetProperty("RenewalSweepJob").GetProperty("opened").GetInt32();
        }
    }

    /// <summary>The schedule looks at the clock every second: as long as two looks take.</summary>
    private static Task MustHaveLookedAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        return Eventually.HoldsAsync(
            () => Task.FromResult(TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(2)));
    }
}
