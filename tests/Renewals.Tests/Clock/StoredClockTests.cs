using Npgsql;
using static CsPlatform.Renewals.Tests.RenewalsSystem;

namespace CsPlatform.Renewals.Tests.Clock;

[Collection(nameof(RunningClock))]
public sealed class StoredClockTests(RunningClock system)
{
    [Fact]
    public async Task A_clock_that_stands_stands_there_after_a_kill_too()
    {
        await system.MoveClockTo("2012-03-01", runs: false);
        Assert.Equal((At("2012-03-01"), false), await system.ClockAsync());

        await system.KillAsync("renewals");
        await system.RestartAsync("renewals");

        Assert.Equal((At("2012-03-01"), false), await system.ClockAsync());
    }

    [Fact]
    public async Task A_clock_that_runs_counts_the_time_over_a_restart()
    {
        var before = TimeProvider.System.GetTimestamp();
        await system.MoveClockTo("2012-03-01", runs: true);
        var after = TimeProvider.System.GetTimestamp();

        await system.KillAsync("renewals");
        await system.RestartAsync("renewals");

        var least = TimeProvider.System.GetElapsedTime(after) - TimeSpan.FromMilliseconds(50); // of two clocks
        var (now, runs) = await system.ClockAsync();
        Assert.True(runs);
        Assert.InRange(now - At("2012-03-01"), least,
            TimeProvider.System.GetElapsedTime(before) + TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Every_replica_follows_a_clock_that_was_moved_at_one()
    {
        await system.RestartAsync("renewals-2");
        try
        {
            using var other = system.Platform.Client("renewals-2", new(Roles.Ops));
            await system.MoveClockTo("2013-03-01", runs: false);
            await Eventually.HoldsAsync(async () => (await other.GetFromJsonAsync<JsonElement>("/dev/clock"))
                .GetProperty("now").GetDateTimeOffset() == At("2013-03-01"));

            using var moved = await other.PutAsJsonAsync("/dev/clock", new { now = At("2012-06-01"), runs = true });
            Assert.True(moved.IsSuccessStatusCode);
            await Eventually.HoldsAsync(async () => await system.ClockAsync() is ({ Year: 2012 }, true));
        }
        finally
        {
            await system.StopAsync("renewals-2");
        }
    }

    [Fact]
    public async Task A_clock_that_cannot_be_stored_is_not_moved()
    {
        await system.MoveClockTo("2012-03-01", runs: false);
        await system.ExecuteAsync("alter table renewals.replay_clock add check (shows < '2030-01-01')");
        try
        {
            using var refused = await system.Ops.PutAsJsonAsync("/dev/clock", new { now = At("2040-03-01") });
            Assert.False(refused.IsSuccessStatusCode);
            Assert.Equal((At("2012-03-01"), false), await system.ClockAsync());
        }
        finally
        {
            await system.ExecuteAsync("alter table renewals.replay_clock drop constraint replay_clock_shows_check");
        }
    }

    [Fact]
    public async Task A_start_without_the_database_waits_and_then_resumes()
    {
        await system.MoveClockTo("2012-03-01", runs: false);
        await system.StopAsync("renewals");
        var role = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString("renewals")).Username;
        await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        Task restart;
        await using (var away = admin.CreateCommand($"alter role \"{role}\" nologin"))
            await away.ExecuteNonQueryAsync();
        try
        {
            var waits = Waits();
            restart = system.RestartAsync("renewals");
            await Eventually.HoldsAsync(() => Task.FromResult(Waits() > waits));
        }
        finally
        {
            await using var back = admin.CreateCommand($"alter role \"{role}\" login");
            await back.ExecuteNonQueryAsync();
        }
        await restart;
        Assert.Equal((At("2012-03-01"), false), await system.ClockAsync());

        int Waits() => system.Log.Split("The position of the replay clock of renewals could not be read").Length;
    }
}
