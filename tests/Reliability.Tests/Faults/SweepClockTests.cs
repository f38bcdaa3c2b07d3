using System.Diagnostics;
using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Load;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// Health's clock is wrong when its sweep is due, and is set right: the sweeps go on, and mend what they judged.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class SweepClockTests(ClockSystem system) : IClassFixture<ClockSystem>, IDisposable
{
    // As ClockSystem sets it; a sweep that was missed is made up for within another of Quartz's own minutes.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1), Patience = 3 * Interval;

    public void Dispose() => system.SetRight();

    [Theory]
    [InlineData(400)]
    [InlineData(-3)]
    public async Task Sweeps_go_on_after_a_wrong_clock_is_set_right_and_put_right_what_they_judged(int daysOff)
    {
        Need();
        var off = TimeSpan.FromDays(daysOff);
        var key = $"sweep-{Environment.TickCount64}";
        await system.RegisterAsync(key);
        // A customer of ten days' daily use, which is in good health.
        for (var day = 0; day < 10; day++)
            Assert.Equal(HttpStatusCode.Accepted, await system.PostAsync(Use(key, day)));
        await system.UntilJudgedAsync(key, 10);
        await SweptAsync(TimeSpan.Zero);
        var before = await ScoreAsync(key);
        Assert.InRange(before, 60, 100);

        await system.SetAsync("health", off);
        await SweptAsync(off);
        if (daysOff > 0)
            await Eventually.HoldsAsync(async () => await OpenAlertsAsync(key) == 2);

        var since = Stopwatch.GetTimestamp();
        await system.SetAsync("health", TimeSpan.Zero);
        await SweptAsync(TimeSpan.Zero);
        Report($"{daysOff} d off: swept again {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s after the clock was right");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, 2 * Interval + TimeSpan.FromSeconds(10));
        await Eventually.HoldsAsync(async () => await ScoreAsync(key) == before);
        await NextSweepIsOneIntervalLaterAsync();

        // An alert clears when the score has been good on two days, so the second sign of it comes a day later.
        await system.SetAsync("health", TimeSpan.FromHours(21));
        await SweptAsync(TimeSpan.FromHours(21));
        await Eventually.HoldsAsync(async () => await OpenAlertsAsync(key) == 0);
    }

    [Fact]
    public async Task A_process_that_dies_in_a_sweep_while_its_clock_is_ahead_holds_up_no_later_sweep()
    {
        Need();
        var key = $"dies-{Environment.TickCount64}";
        await system.RegisterAsync(key);
        Assert.Equal(HttpStatusCode.Accepted, await system.PostAsync(Use(key, 0)));
        await system.UntilJudgedAsync(key, 1);

        await using (var holder = await system.Database("health").OpenConnectionAsync())
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                "select 1 from health.account_fact for update", holder, transaction);
            await hold.ExecuteNonQueryAsync();
            await system.SetAsync("health", TimeSpan.FromDays(400));
            await Eventually.HoldsAsync(async () => await IsSweepingAsync(TimeSpan.FromDays(399)), Patience);
            await system.KillAsync("health");
        }

        system.SetRight();
        await system.RestartAsync("health");
        await SweptAsync(TimeSpan.Zero);
    }

    private static void Need()
    {
        WrongClock.Need();
        FaultSystem.NeedSoak();
    }

    /// <summary>Until a sweep is seen that began after this was called, by a clock that is off by so much.</summary>
    private async Task SweptAsync(TimeSpan off)
    {
        var from = TimeProvider.System.GetUtcNow() + off - TimeSpan.FromSeconds(2);
        await Eventually.HoldsAsync(
            async () => await LastSweepAsync() is { } last && last > from && last < from + Patience * 2, Patience);
    }

    private async Task NextSweepIsOneIntervalLaterAsync()
    {
        var first = await LastSweepAsync();
        await Eventually.HoldsAsync(async () => await LastSweepAsync() != first, Patience);
        Assert.Equal(first + Interval, await LastSweepAsync());
    }

    /// <summary>When the schedule last fired, by Health's clock.</summary>
    private async Task<DateTimeOffset?> LastSweepAsync()
    {
        var ticks = await system.CountAsync("health",
            "select coalesce(max(prev_fire_time), 0)::bigint from health.qrtz_triggers where job_name = $1",
            "SweepJob");
        return ticks > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>Whether a sweep goes on that began so far ahead, by Health's clock.</summary>
    private async Task<bool> IsSweepingAsync(TimeSpan ahead) => await system.CountAsync("health",
        "select count(*) from health.qrtz_fired_triggers where state = 'EXECUTING' and fired_time > $1::text::bigint",
        $"{(TimeProvider.System.GetUtcNow() + ahead).UtcTicks}") == 1;

    /// <summary>In whole points.</summary>
    private Task<long> ScoreAsync(string key) => system.CountAsync("health",
        "select round(score)::bigint from health.account_fact join health.account_directory using (account_id) where name = 'Customer ' || $1", key);

    private Task<long> OpenAlertsAsync(string key) => system.CountAsync("health", """
        select count(*) from health.mt_doc_alert a join health.account_directory f using (account_id)
         where f.name = 'Customer ' || $1 and a.open
        """, key);

    private static void Report(string line) => TestContext.Current.SendDiagnosticMessage(line);

    private static PlannedEvent Use(string key, int daysAgo) => new(
        $"{key}-{daysAgo}", $"crm/{key}", TimeProvider.System.GetUtcNow().AddMinutes(-30).AddDays(
            -daysAgo), "user", "reports", 5);
}
