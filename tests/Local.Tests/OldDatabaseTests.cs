using Npgsql;

namespace CsPlatform.Local.Tests;

/// <summary><c>migrate</c> brings databases of before along: what they knew of accounts is in the directory.</summary>
[Collection(nameof(MigratedSystem))]
public sealed class OldDatabaseTests(MigratedSystem system)
{
    private static readonly Guid Known = Guid.Parse("0198f6c2-0000-7000-8000-000000000001"),
        Waiting = Guid.Parse("0198f6c2-0000-7000-8000-000000000002");

    [Fact]
    public async Task What_Health_knew_of_an_account_moves_to_the_directory_and_its_score_stays()
    {
        await using var owner = NpgsqlDataSource.Create(system.Platform.OwnerConnectionString("health"));
        await RunAsync(owner, $$"""
            drop table health.account_directory;
            alter table health.account_fact add column name text, add column tier text,
              add column details_version bigint not null default 0, add column csm_id text,
              add column csm_version bigint not null default 0, add column stage text,
              add column stage_version bigint not null default 0, add column external_ids jsonb not null default '{}',
              add column external_versions jsonb not null default '{}';
            insert into health.account_fact (account_id, name, tier, details_version, csm_id, csm_version, stage,
              stage_version, external_ids, external_versions, score)
            values ('{{Known}}', 'Known', 'vip', 4, 'anna', 3, 'trial', 2, '{"crm": "1"}', '{"crm": 5}', 41.5);
            insert into health.account_fact (account_id, stage, stage_version) values ('{{Waiting}}', 'trial', 2);
            """);

        for (var run = 0; run < 2; run++)
            await system.Platform.MigrateAsync(["health"], TestContext.Current.CancellationToken);

        Assert.Equal(
            ["""true|Known|vip|4|anna|3|trial|2|{"crm": "1"}|{"crm": 5}|41.5""", "false|||0||0|trial|2|{}|{}|"],
            await ReadAsync(owner, """
                select array_to_string(array[registered::text, name, tier, details_version::text, csm_id,
                  csm_version::text,
                  stage, stage_version::text, external_ids::text, external_versions::text, score::text], '|', '')
                from health.account_directory join health.account_fact using (account_id) order by account_id
                """));
        Assert.Equal(
            [
                "account_id", "band", "coverage", "drivers", "features_seen", "first_use_on", "score", "scored_at",
                "told_at", "told_band", "told_score",
            ],
            await ReadAsync(owner, """
                select column_name::text from information_schema.columns
                where table_schema = 'health' and table_name = 'account_fact' order by column_name
                """));
        await RunAsync(owner, "delete from health.account_directory; delete from health.account_fact");
    }

    [Theory]
    [InlineData("feedback")]
    [InlineData("renewals")]
    public async Task Accounts_that_were_known_are_registered_and_nothing_else_is_said_of_them(string service)
    {
        await using var owner = NpgsqlDataSource.Create(system.Platform.OwnerConnectionString(service));
        await RunAsync(owner, $$"""
            create table {{service}}.mt_doc_knownaccount (id uuid primary key, data jsonb not null);
            create function {{service}}.mt_upsert_knownaccount(doc jsonb) returns uuid language sql as 'select null::uuid';
            insert into {{service}}.mt_doc_knownaccount values ('{{Known}}', '{}'), ('{{Waiting}}', '{}');
            insert into {{service}}.account_directory (account_id, csm_id, csm_version)
              values ('{{Waiting}}', 'anna', 3);
            """);

        for (var run = 0; run < 2; run++)
            await system.Platform.MigrateAsync([service], TestContext.Current.CancellationToken);

        Assert.Equal(["true||0|", "true||0|anna"], await ReadAsync(owner, $"""
            select array_to_string(array[registered::text, name, details_version::text, csm_id], '|', '')
            from {service}.account_directory order by account_id
            """));
        Assert.Empty(await ReadAsync(owner, $"""
            select relname::text from pg_class where relnamespace = '{service}'::regnamespace
              and relname ~ 'knownaccount'
            union all
            select proname::text from pg_proc where pronamespace = '{service}'::regnamespace
              and proname ~ 'knownaccount'
            """));
        await RunAsync(owner, $"delete from {service}.account_directory");
    }

    private static async Task RunAsync(NpgsqlDataSource owner, string sql)
    {
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource owner, string sql)
    {
        await using var command = owner.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> read = [];
        while (await rows.ReadAsync())
            read.Add(rows.GetString(0));
        return read;
    }
}
