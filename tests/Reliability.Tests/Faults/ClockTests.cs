using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// Clocks are wrong and are set: order comes from sequences, nothing is lost, and tokens are not taken on trust.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class ClockTests(ClockSystem system) : IClassFixture<ClockSystem>, IDisposable
{
    // The same at each call, since an event that is sent again has the time that it had.
    private static readonly DateTimeOffset Time = TimeProvider.System.GetUtcNow().AddMinutes(-30);

    public void Dispose() => system.SetRight();

    [Fact]
    public async Task Services_that_disagree_by_ten_minutes_work_together()
    {
        WrongClock.Need();
        await Task.WhenAll(
            system.SetAsync("engagement", TimeSpan.FromMinutes(5)), system.SetAsync(
                "health", TimeSpan.FromMinutes(-5)));
        var key = Key("disagree");
        await system.RegisterAsync(key);

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.Accepted, await system.PostAsync(Use(key, i)));

        await system.UntilJudgedAsync(key, 5);
    }

    [Fact]
    public async Task A_clock_400_days_ahead_takes_no_token_and_loses_no_message()
    {
        WrongClock.Need();
        var key = Key("ahead");
        await system.RegisterAsync(key);
        await system.SetAsync("engagement", TimeSpan.FromDays(400));
        Assert.Equal(HttpStatusCode.Unauthorized, await system.PostAsync(Use(key, 0)));

        await system.PublishAsync(Use(key, 1));
        await Eventually.HoldsAsync(async () => await system.CountedAsync(key) >= 1);

        await system.RecoverAsync("Clock 400 days ahead", "no token is taken on trust, no message lost", Use(key, 0), async () =>
        {
            Assert.Equal(HttpStatusCode.Accepted, await system.PostAsync(Use(key, 1)));
            await system.UntilJudgedAsync(key, 2);
        });
        Assert.Equal(2, await system.CountedAsync(key));
    }

    [Fact]
    public async Task A_clock_three_days_behind_parks_what_seems_to_come_from_the_future_and_counts_it_later()
    {
        WrongClock.Need();
        var key = Key("behind");
        await system.RegisterAsync(key);
        await system.SetAsync("engagement", TimeSpan.FromDays(-3));
        Assert.Equal(HttpStatusCode.Unauthorized, await system.PostAsync(Use(key, 0)));

        await system.PublishAsync(Use(key, 1));
        await Eventually.HoldsAsync(async () => await system.CountAsync("engagement",
            "select count(*) from engagement.parked_event where reason = 'time-in-future' and subject = 'crm/' || $1",
            key) == 1);

        await system.RecoverAsync("Clock three days behind", "what seems to come from the future waits parked", Use(key, 0), async () =>
        {
            await system.ReplayAsync("time-in-future");
            await system.UntilJudgedAsync(key, 2);
        });
    }

    [Fact]
    public async Task A_clock_that_steps_back_under_load_changes_no_order()
    {
        WrongClock.Need();
        var key = Key("back");
        var account = await system.RegisterAsync(key);
        TimeSpan[] steps = [TimeSpan.FromHours(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.Zero];
        var sent = 0;
        foreach (var step in steps)
        {
            await Task.WhenAll(
                system.SetAsync("engagement", step), system.SetAsync(
                    "health", -step), system.SetAsync("accounts", step));
            await FaultSystem.Lasts(1.5, 20).SpendAsync(async () =>
            {
                Assert.Equal(HttpStatusCode.Accepted, await system.PostAsync(Use(key, sent++)));
                await system.RenameAsync(account, $"Customer {key} {sent}");
            });
        }
        await system.RenameAsync(account, $"Customer {key}"); // hours before the first name, by its time

        await system.UntilJudgedAsync(key, sent);
        Assert.Equal(sent, await system.CountedAsync(key));
        Assert.Equal(2, await system.CountAsync("accounts", """
            select count(*) from (
                select timestamp - lag(timestamp) over (order by seq_id) as step from accounts.mt_events where stream_id::text = $1) s
             where step < interval '-5 minutes'
            """, $"{account}"));
    }

    private static PlannedEvent Use(string key, int number) =>
        new($"{key}-{number}", $"crm/{key}", Time, $"user-{number % 3}", "reports", 5);

    private static string Key(string what) => $"{what}-{Environment.TickCount64}";
}
