using System.Collections.Concurrent;
using System.Diagnostics;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// PostgreSQL goes, comes back, or will not write: nothing is accepted meanwhile, nothing accepted is lost.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class DatabaseFaultTests(FaultSystem system)
{
    private const string Expected = "503 with Retry-After meanwhile; then goes on by itself, nothing lost or counted twice";

    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Ending.Crashed, "PostgreSQL killed with kill -9", true)]
    [InlineData(Ending.Stopped, "PostgreSQL stopped and started", false)]
    [InlineData(Ending.Aborted, "PostgreSQL restarted at once, without a checkpoint", false)]
    public async Task A_database_that_goes_and_comes_back_loses_nothing(Ending how, string fault, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        var recovery = await system.SufferAsync(fault, Expected,
            () => system.OwnServers.EndPostgresAsync(how),
            RefusesAsync,
            () => system.OwnServers.StartPostgresAsync());

        recovery.AssertWithin(RecoveryMax);
    }

    [Theory]
    [InlineData("set default_transaction_read_only = on", "reset default_transaction_read_only", "PostgreSQL read-only", true)]
    [InlineData("connection limit 0", "connection limit -1", "PostgreSQL out of connections", false)]
    public async Task A_database_that_will_not_write_is_waited_for(
        string setting, string undo, string fault, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        var recovery = await system.SufferAsync(fault, Expected,
            () => SetAsync(setting),
            RefusesAsync,
            () => SetAsync(undo));

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task A_session_whose_process_is_killed_takes_all_others_along_and_all_go_on()
    {
        FaultSystem.NeedSoak();
        var recovery = await system.SufferAsync("A process of PostgreSQL killed: it restarts all", "202 or 503; nothing lost",
            async () =>
            {
                await using var session = await system.Database("engagement").OpenConnectionAsync();
                using var process = Process.GetProcessById(session.ProcessID);
                process.Kill();
            },
            probe => FaultSystem.Lasts(4, 30).SpendAsync(() => probe.AskAsync()),
            () => Task.CompletedTask);

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task Statements_that_the_database_cancels_are_repeated()
    {
        var cancelled = Cancelled();
        var recovery = await system.SufferAsync("PostgreSQL cancels what takes a millisecond", "202 or 503; nothing lost",
            () => SetAsync("set statement_timeout = '1ms'"),
            probe => FaultSystem.Lasts(4, 30).SpendAsync(() => probe.AskAsync()),
            () => SetAsync("reset statement_timeout"));

        Assert.InRange(Cancelled(), cancelled + 1, int.MaxValue);
        recovery.AssertWithin(RecoveryMax);

        int Cancelled() => system.PostgresLog.Split("canceling statement due to statement timeout").Length - 1;
    }

    [Fact]
    public async Task A_full_disk_refuses_and_recovers_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(300);
        var database = system.Role("engagement");
        await system.AdminAsync($"create tablespace small location '{disk.Data}'");
        await MoveAsync($"alter database \"{database}\" set tablespace small");
        try
        {
            var recovery = await system.SufferAsync("Disk of the database full", Expected,
                () =>
                {
                    disk.Fill();
                    return Task.CompletedTask;
                },
                UntilRefusedAsync,
                () =>
                {
                    disk.Free();
                    return Task.CompletedTask;
                });
            recovery.AssertWithin(RecoveryMax);
        }
        finally
        {
            disk.Free();
            await MoveAsync($"alter database \"{database}\" set tablespace pg_default");
            await system.AdminAsync("drop tablespace small");
        }
    }

    [Fact]
    public async Task A_full_disk_of_the_write_ahead_log_ends_the_database_which_loses_nothing()
    {
        await using var log = await SmallLogDisk.MountAsync(system);
        var panics = Panics();
        var recovery = await system.SufferAsync("Disk of the write-ahead log full", Expected,
            log.FillAsync,
            RefusesAsync,
            log.FreeAsync);

        Assert.InRange(Panics(), panics + 1, int.MaxValue);
        recovery.AssertWithin(RecoveryMax);

        int Panics() => system.PostgresLog.Split("PANIC:  could not write to file \"pg_wal/").Length - 1;
    }

    /// <summary>Roles of the services, and their open sessions, which would not hear of it.</summary>
    private async Task SetAsync(string setting)
    {
        foreach (var service in PlatformOptions.AllServices)
        {
            await system.AdminAsync($"alter role \"{system.Role(service)}\" {setting}");
            await system.CutSessionsAsync(service);
        }
    }

    /// <summary>Each service refuses each try in the time as it should; none accepts.</summary>
    private async Task RefusesAsync(Probe probe)
    {
        var refused = new ConcurrentDictionary<string, bool>();
        await FaultSystem.Lasts(4, 30).SpendAsync(async () =>
        {
            using var answer = await probe.SendOnceAsync();
            Holds("engagement", answer);
            await Task.WhenAll(PushBack.Writes.Select(async write =>
            {
                using var other = await write.TryAsync(system, probe.Account);
                Holds(write.Service, other);
            }));
        });
        Assert.Equal(PlatformOptions.AllServices.Order(), refused.Keys.Order());

        void Holds(string service, HttpResponseMessage? answer)
        {
            if (answer is null)
                return;
            Assert.True(PushBack.IsRefusal(answer), $"{service} answered {(int)answer.StatusCode}.");
            refused[service] = true;
        }
    }

    /// <summary>What the last pages hold still fits: the first refusals come a little later.</summary>
    private static async Task UntilRefusedAsync(Probe probe)
    {
        await Eventually.HoldsAsync(
            async () => await probe.AskAsync() == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(60));
    }

    private async Task MoveAsync(string sql)
    {
        await system.StopAsync("engagement");
        Npgsql.NpgsqlConnection.ClearAllPools();
        await system.CutSessionsAsync("engagement");
        await system.AdminAsync(
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{system.Role("engagement")}'");
        await system.AdminAsync(sql);
        await system.RestartAsync("engagement");
    }
}
