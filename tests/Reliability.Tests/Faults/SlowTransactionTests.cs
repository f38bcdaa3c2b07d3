using System.Diagnostics;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// A transaction that has taken its place in the order of events and does not end: those behind it wait, so that it is
/// not skipped when it commits at last, and not for ever.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class SlowTransactionTests(FaultSystem system)
{
    private const int Gate = 4711;

    private readonly string name = $"slow-{Environment.TickCount64 % 100_000}";

    [Theory]
    [InlineData(true, "Append that commits late")]
    [InlineData(false, "Append that is rolled back late")]
    public async Task An_append_that_takes_long_is_waited_for(bool commits, string fault)
    {
        var life = new AccountLife(system);
        await using var gate = await ShutAsync(commits);
        try
        {
            var slow = life.RegisterAsync(name);
            await Eventually.HoldsAsync(async () => await WaitingAsync(gate) > 0);
            var behind = 0;
            // Shorter than a statement may take (30 s): a longer one is cancelled, and its append rolled back.
            await FaultSystem.Lasts(6, 20).SpendAsync(() => life.RegisterAsync($"{name}-{++behind}"));
            Assert.False(await IsKnownAsync($"{name}-1"));

            var since = Stopwatch.GetTimestamp();
            await OpenAsync(gate);
            await slow;
            await Eventually.HoldsAsync(async () => await IsKnownAsync(name) && await IsKnownAsync($"{name}-{behind}"));
            var known = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1);
            new Recovery(fault, "told to all others, as are those behind it", 0, known, known).Keep();
        }
        finally
        {
            await RemoveAsync(gate);
        }
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Fact]
    public async Task An_append_whose_process_stands_still_is_ended_and_those_behind_it_go_on()
    {
        var replica = LocalPlatform.Replica("accounts", 2);
        await system.RestartAsync(replica);
        await using var gate = await ShutAsync(commits: true);
        try
        {
            var slow = new AccountLife(system).RegisterAsync(name);
            await Eventually.HoldsAsync(async () => await WaitingAsync(gate) > 0);
            system.Platform.Pause("accounts");
            try
            {
                await OpenAsync(gate); // its statement ends, its transaction does not
                var since = Stopwatch.GetTimestamp();
                await new AccountLife(system, replica).RegisterAsync($"{name}-behind");
                await Eventually.HoldsAsync(() => IsKnownAsync($"{name}-behind"));
                var known = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1);
                new Recovery("Process stands still within an append", "the server ends its session; those behind it are told",
                    0, known, known).Keep();
            }
            finally
            {
                system.Platform.Resume("accounts");
            }
            await slow;
            await Eventually.HoldsAsync(() => IsKnownAsync(name));
        }
        finally
        {
            await RemoveAsync(gate);
            await system.StopAsync(replica);
        }
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    /// <summary>
    /// The account of our name waits in its append, and where it is not to commit fails at its first try.
    /// </summary>
    private async Task<NpgsqlConnection> ShutAsync(bool commits)
    {
        var gate = new NpgsqlConnection(system.Platform.OwnerConnectionString("accounts") + ";Pooling=false");
        await gate.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(gate, $"""
            select pg_advisory_lock({Gate});
            create or replace function accounts.wait_at_the_gate() returns trigger language plpgsql as $$
            begin
              if new.data #>> '{"{details,name}"}' = 'Customer {name}' then
                perform pg_advisory_xact_lock_shared({Gate});
                if not {commits} and nextval('accounts.gate') = 1 then
                  raise exception 'rolled back' using errcode = '40001';
                end if;
              end if;
              return new;
            end $$;
            create sequence accounts.gate;
            grant usage on sequence accounts.gate to public;
            create trigger gate after insert on accounts.mt_events
              for each row execute function accounts.wait_at_the_gate();
            """);
        return gate;
    }

    private static Task OpenAsync(NpgsqlConnection gate) => ExecuteAsync(gate, $"select pg_advisory_unlock({Gate})");

    private static Task RemoveAsync(NpgsqlConnection gate) => ExecuteAsync(gate,
        "select pg_advisory_unlock_all(); drop trigger gate on accounts.mt_events; drop sequence accounts.gate");

    private async Task<bool> IsKnownAsync(string name)
    {
        await using var command = system.Database("health").CreateCommand(
            "select exists(select from health.account_directory where name = $1)");
        command.Parameters.Add(new() { Value = $"Customer {name}" });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<int> WaitingAsync(NpgsqlConnection gate)
    {
        await using var command = new NpgsqlCommand(
            "select count(*)::int from pg_locks where locktype = 'advisory' and not granted and objid = @gate::oid",
            gate);
        command.Parameters.AddWithValue("gate", Gate);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 30 };
        await command.ExecuteNonQueryAsync();
    }
}
