using CsPlatform.Backbone;





namespace CsPlatform.Renewals.Tests.Clock;

public sealed class ReplayClockTests
{
    private static readonly DateTimeOffset Day = RenewalsSystem.At("2012-03-01"), Later = RenewalsSystem.At(
        "2040-03-01");
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task A_clock_stands_where_it_was_put_until_it_is_moved()
    {
        var clock = new ReplayClock(Day);
        await PassAsync();
        Assert.Equal((Day, false), (clock.GetUtcNow(), clock.Runs));

        clock.MoveTo(Later);
        await PassAsync();
        Assert.Equal((Later, false), (clock.GetUtcNow(), clock.Runs));

        clock.MoveTo(Day);
        Assert.Equal(Day, clock.GetUtcNow());
    }

    [Fact]
    public async Task A_clock_that_runs_goes_on_from_there_at_real_pace_until_it_is_stopped()
    {
        var clock = new ReplayClock(Later);
        var before = TimeProvider.System.GetTimestamp();
        clock.MoveTo(Day, runs: true);
        var after = TimeProvider.System.GetTimestamp();
        await PassAsync();
        var shownAfter = TimeProvider.System.GetElapsedTime(after);
        var shown = clock.GetUtcNow() - Day;
        Assert.InRange(shown, shownAfter, TimeProvider.System.GetElapsedTime(before));
        Assert.True(clock.Runs);

        clock.MoveTo(Later);
        await PassAsync();
        Assert.Equal((Later, false), (clock.GetUtcNow(), clock.Runs));
    }

    private static Task PassAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        return Eventually.HoldsAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(since) > AWhile));
    }
}
