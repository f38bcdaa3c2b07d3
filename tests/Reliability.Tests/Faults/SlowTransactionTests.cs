using System.Diagnostics;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// A transaction that has taken its place in the order of events and does not end: those behind it are told all the same
/// sooner or later, and it is not forgotten when it commits at last.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class SlowTransactionTests(FaultSystem system)
{
    private const int Gate = 4711;

    [Theory]
    [InlineData(true, "Append that commits late")]
    [InlineData(false, "Append that is rolled back late")]
    public async Task An_append_that_takes_long_is_neither_skipped_nor_in_the_way_for_ever(bool commits, string fault)
    {
        var name = $"slow-{commits}-{Environment.TickCount64 % 100_000}";
        var life = new AccountLife(system);
        await using var gate = new NpgsqlConnection(system.Platform.OwnerConnectionString("accounts") + ";Pooling=false");
        await gate.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(gate, $"""
            select pg_advisory_lock({Gate});
            drop trigger if exists gate on accounts.mt_events;
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
            create trigger gate after insert on accounts.mt_events for each row execute function accounts.wait_at_the_gate();
            """);
        try
        {
            var slow = life.RegisterAsync(name);
            await Eventually.HoldsAsync(async () => await WaitingAsync(gate) > 0);
            await FaultSystem.Lasts(6, 45).SpendAsync(() => life.RegisterAsync($"{name}-{Stopwatch.GetTimestamp()}"));
            var since = Stopwatch.GetTimestamp();
            await ExecuteAsync(gate, $"select pg_advisory_unlock({Gate})");
            await slow;
            await Eventually.HoldsAsync(async () => await IsKnownAsync(name), TimeSpan.FromSeconds(30));
            var known = Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1);
            new Recovery(fault, "told to all others, as are those behind it", 0, known, known).Keep();
        }
        finally
        {
            await ExecuteAsync(gate, "drop trigger gate on accounts.mt_events; drop sequence accounts.gate");
        }
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    private async Task<bool> IsKnownAsync(string name)
    {
        await using var command = system.Database("health").CreateCommand(
            "select exists(select from health.account_fact where name = $1)");
        command.Parameters.Add(new() { Value = $"Customer {name}" });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<int> WaitingAsync(NpgsqlConnection gate)
    {
        await using var command = new NpgsqlCommand(
            "select count(*)::int from pg_locks where locktype = 'advisory' and not granted and objid = @gate::oid", gate);
        command.Parameters.AddWithValue("gate", Gate);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 30 };
        await command.ExecuteNonQueryAsync();
    }
}
