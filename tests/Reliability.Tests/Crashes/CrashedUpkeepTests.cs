using System.Diagnostics;
using CsPlatform.Local;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>A migration or a rebuild that dies half done is finished by the next one.</summary>
[Collection(nameof(FaultsSystem))]
[Trait("set", "thorough")]
public sealed class CrashedUpkeepTests(FaultsSystem system)
{
    private const int Deaths = 2, Gate = 4712;

    /// <summary>Tables, functions and triggers of a schema, and who may do what with them.</summary>
    private const string SchemaSql = """
        select table_name || ' ' || column_name || ' ' || data_type from information_schema.columns
          where table_schema = ':schema'
        union all
        select 'function ' || p.oid::regprocedure || ' ' || md5(prosrc) from pg_proc p
          where pronamespace = ':schema'::regnamespace
        union all
        select 'trigger ' || tgname || ' on ' || c.relname from pg_trigger t join pg_class c on c.oid = tgrelid
         where not tgisinternal and relnamespace = ':schema'::regnamespace
        union all
        select 'index ' || indexname from pg_indexes where schemaname = ':schema'
        union all
        select 'right on ' || table_name || ' ' || privilege_type || ' of role ' || (grantee = current_user)
          from information_schema.role_table_grants where table_schema = ':schema'
        """;

    private static readonly (string Service, string Table)[] Projected =
    [
        ("accounts", "mt_doc_timeline_entry"), (
            "feedback", "mt_doc_accountanswer"), ("health", "mt_doc_account_health"),
        ("renewals", "mt_doc_contract"),
    ];

    [Fact]
    public async Task Migration_of_an_empty_database_cut_off_is_finished_by_the_next_one()
    {
        var state = new StateDirectory(Directory.CreateTempSubdirectory("csplatform-empty-").FullName);
        await using var empty = await LocalPlatform.CreateAsync(
            state, system.Platform.Servers, system.PlatformOptions with { Suffix = $"_empty{Environment.ProcessId}" },
            _ => { });
        try
        {
            foreach (var place in CrashPoints.All.Where(p => p.Point == "schema-migrated"))
            {
                await CutOffAsync(place, () => empty.MigrateAsync([place.Service]));
                Assert.Equal(
                    await SchemaAsync(place.Service, system.Platform.OwnerConnectionString(place.Service)),
                    await SchemaAsync(place.Service, empty.OwnerConnectionString(place.Service)));
            }
        }
        finally
        {
            await empty.DropAsync();
            state.Delete();
        }
    }

    [Fact]
    public async Task Rebuild_cut_off_between_two_models_is_finished_by_the_next_one()
    {
        await Task.WhenAll(PlatformOptions.AllServices.Select(system.StopAsync));
        foreach (var place in CrashPoints.All.Where(p => p.Point == "model-rebuilt"))
            await CutOffAsync(place, () => system.Platform.RebuildAsync([place.Service]));
        await Task.WhenAll(PlatformOptions.AllServices.Select(system.RestartAsync));

        (await new ReliabilityOracle(system).JudgeWithRebuildAsync()).AssertHolds();
    }

    [Fact]
    public async Task Rebuild_cut_off_within_a_model_is_finished_by_the_next_one()
    {
        await Task.WhenAll(PlatformOptions.AllServices.Select(system.StopAsync));
        foreach (var (service, table) in Projected)
        {
            await using var gate = new NpgsqlConnection(
                system.Platform.OwnerConnectionString(service) + ";Pooling=false");
            await gate.OpenAsync(TestContext.Current.CancellationToken);
            await ExecuteAsync(gate, $"""
                select pg_advisory_lock({Gate});
                create function {service}.wait_at_the_gate() returns trigger language plpgsql as $$
                begin perform pg_advisory_xact_lock_shared({Gate}); return new; end $$;
                create trigger gate before insert on {service}.{table}
                  for each row execute function {service}.wait_at_the_gate();
                """);
            var rebuild = system.Platform.RebuildAsync([service]);
            await Eventually.HoldsAsync(async () => await CountAsync(gate,
                $"select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = {Gate}") > 0);
            // emptied, and nothing made yet
            Assert.Equal(0, await CountAsync(gate, $"select count(*) from {service}.{table}"));
            RebuildOf(service).Kill();
            await Assert.ThrowsAsync<LocalException>(() => rebuild);
            Totals.Add("deaths at crash points", 1);
            await ExecuteAsync(
                gate, $"drop function {service}.wait_at_the_gate() cascade; select pg_advisory_unlock({Gate})");
            await system.Platform.RebuildAsync([service]);
        }
        await Task.WhenAll(PlatformOptions.AllServices.Select(system.RestartAsync));

        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Fact]
    public async Task Rebuild_while_the_service_runs_cut_off_anywhere_is_finished_by_the_next_leader()
    {
        CrashPlace[] places =
        [
            new("accounts", "rebuild-asked"), new("accounts", "read-model-emptied"), new("accounts", "rebuild-done"),
        ];
        foreach (var place in places)
            system.Points.Arm(place, Deaths);
        await using var reviver = new Reviver(system);
        await new Season(system, seed: 300, "rebuilt").RunAsync(eventsPerDay: 1);
        using var ops = system.Client("accounts", Roles.Ops);
        foreach (var model in (string[])["AccountRow", "CsPlatform.Accounts.Timeline.AccountTimelineProjection"])
            await Persistently.DoAsync(async () =>
            {
                using var answer = await ops.PostAsync($"/v1/read-models/{model}/rebuild", null);
                return answer.IsSuccessStatusCode;
            });
        await Eventually.HoldsAsync(async () => await CountAsync("""
            select count(*) from accounts.read_model_rebuild where done_at >= begun_at and begun_at >= asked_at
            """) == 2, TimeSpan.FromSeconds(90));

        // The last death comes after what was waited for.
        await Eventually.HoldsAsync(() => Task.FromResult(reviver.Deaths >= places.Length * Deaths));
        Assert.DoesNotContain(places, p => system.Points.Left(p) > 0);
        Totals.Add("deaths at crash points", reviver.Deaths);
        (await new ReliabilityOracle(system).JudgeWithRebuildAsync()).AssertHolds();

        async Task<long> CountAsync(string sql)
        {
            await using var command = system.Database("accounts").CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task Past_that_is_told_again_and_cut_off_anywhere_is_told_to_its_end_and_changes_nothing()
    {
        CrashPlace[] places = [new("accounts", "retelling-asked"), new("accounts", "retelling-page-told")];
        foreach (var place in places)
            system.Points.Arm(place, Deaths);
        await using var reviver = new Reviver(system);
        await new Season(system, seed: 301, "retold").RunAsync(eventsPerDay: 1);
        using var ops = system.Client("accounts", Roles.Ops);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await ops.PostAsJsonAsync("/v1/retellings", new { queue = "renewals" });
            return answer.IsSuccessStatusCode;
        });

        await Eventually.HoldsAsync(async () =>
        {
            await using var open = system.Database("accounts").CreateCommand(
                "select count(*) from accounts.retelling where done_at is null or refusal is not null");
            return (long)(await open.ExecuteScalarAsync())! == 0;
        }, TimeSpan.FromSeconds(90));
        await Eventually.HoldsAsync(() => Task.FromResult(reviver.Deaths >= places.Length * Deaths));
        Assert.DoesNotContain(places, p => system.Points.Left(p) > 0);
        Totals.Add("deaths at crash points", reviver.Deaths);
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    private async Task CutOffAsync(CrashPlace place, Func<Task> run)
    {
        system.Points.Arm(place, Deaths);
        for (var death = 0; death < Deaths; death++)
            await Assert.ThrowsAsync<LocalException>(run);
        Assert.Equal(0, system.Points.Left(place));
        await run();
        Totals.Add("deaths at crash points", Deaths);
    }

    private static Process RebuildOf(string service) => Process.GetProcessesByName("dotnet").Single(p =>
        File.ReadAllText($"/proc/{p.Id}/cmdline").Contains(
            $".{service}.dll\0rebuild", StringComparison.OrdinalIgnoreCase));

    private static async Task<List<string>> SchemaAsync(string service, string owner)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"{SchemaSql.Replace(":schema", service, StringComparison.Ordinal)} order by 1", connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        // days of use have tables of their own
        return rows.FindAll(r => !r.Contains("usage_event_20", StringComparison.Ordinal));
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
