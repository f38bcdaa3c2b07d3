using Npgsql;

namespace CsPlatform.Local.Tests;

/// <summary>
/// What each role may do in each table of each database, held against a list: a new table fails until it is on it.
/// </summary>
[Collection(nameof(MigratedSystem))]
public sealed class DatabaseRightsTests(MigratedSystem system)
{
    private const string
        Read = "SELECT", Append = "SELECT INSERT", Keep = "SELECT INSERT UPDATE", Clear = "SELECT INSERT UPDATE DELETE",
        Rebuild = "SELECT INSERT UPDATE DELETE TRUNCATE", None = "";

    /// <summary>
    /// Of every service: its event store, its scheduler, what it could not handle, and rebuilds asked for.
    /// </summary>
    private static readonly IReadOnlyDictionary<string, string> OfEveryService = new Dictionary<string, string>
    {
        ["mt_events"] = Append,
        ["mt_streams"] = Keep,
        ["mt_event_progression"] = Clear,
        ["mt_event_projection_floors"] = Clear,
        ["mt_high_water_skips"] = Append,
        ["mt_doc_deadletterevent"] = Clear,
        ["mt_doc_handledmessage"] = Append,
        ["failed_message"] = Keep,
        ["read_model_rebuild"] = Keep,
        ["retelling"] = Keep,
        ["replay_clock"] = Keep,
        ["due_work"] = Clear,
        ["figure_mark"] = Clear,
        ["figure_turn"] = Clear,
        ["qrtz_blob_triggers"] = Clear,
        ["qrtz_calendars"] = Clear,
        ["qrtz_cron_triggers"] = Clear,
        ["qrtz_execution_history"] = Clear,
        ["qrtz_fired_triggers"] = Clear,
        ["qrtz_job_details"] = Clear,
        ["qrtz_job_status"] = Clear,
        ["qrtz_locks"] = Clear,
        ["qrtz_misfire_history"] = Clear,
        ["qrtz_paused_job_grps"] = Clear,
        ["qrtz_paused_trigger_grps"] = Clear,
        ["qrtz_scheduler_state"] = Clear,
        ["qrtz_simple_triggers"] = Clear,
        ["qrtz_simprop_triggers"] = Clear,
        ["qrtz_triggers"] = Clear,
    };

    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> OfOne =
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["accounts"] = new Dictionary<string, string>
            {
                ["mt_doc_account"] = Rebuild,
                ["mt_doc_account_row"] = Rebuild,
                ["account_figures"] = Keep,
                ["account_figure_day"] = Keep,
                ["mt_doc_timeline_entry"] = Rebuild,
                ["mt_doc_linked_key"] = Append,
            },
            ["engagement"] = new Dictionary<string, string>
            {
                ["usage_source"] = Append,
                ["usage_claim"] = Append,
                ["usage_event"] = Append,
                ["usage_event_20260101"] = None,
                ["account_day"] = Keep,
                ["account_day_user"] = Append,
                ["account_day_feature"] = Append,
                ["account_first_use"] = Keep,
                ["day_mark"] = Clear,
                ["subject_key"] = Append,
                ["parked_event"] = Keep,
            },
            ["health"] = new Dictionary<string, string>
            {
                ["mt_doc_account_health"] = Rebuild,
                ["mt_doc_alert"] = Rebuild,
                ["mt_doc_model_history"] = Rebuild,
                ["account_directory"] = Keep,
                ["account_fact"] = Keep,
                ["usage_day"] = Keep,
                ["survey_answer"] = Append,
                ["survey_answer_correction"] = Append,
                ["contract"] = Keep,
            },
            ["feedback"] = new Dictionary<string, string>
            {
                ["mt_doc_accountanswer"] = Rebuild,
                ["account_directory"] = Keep,
            },
            ["renewals"] = new Dictionary<string, string>
            {
                ["mt_doc_contract"] = Rebuild,
                ["mt_doc_renewal"] = Rebuild,
                ["account_directory"] = Keep,
            },
        };

    public static TheoryData<string> Services => [.. PlatformOptions.AllServices];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_running_service_has_the_rights_that_it_needs_and_no_more(string service)
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString(service));

        Assert.Equal(
            OfEveryService.Concat(OfOne[service]).Select(t => $"{t.Key}: {t.Value}").Order(StringComparer.Ordinal),
            await RightsAsync(owner, service, UserOf(system.Platform.ConnectionString(service))));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_privacy_role_reads_events_and_may_change_what_they_say_and_nothing_else(string service)
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString(service));
        var privacy = UserOf(system.Platform.PrivacyConnectionString(service));
        string[] usage = service == "engagement" ? ["usage_event: SELECT"] : [];

        Assert.Equal(
            ["mt_events: SELECT", "mt_streams: SELECT", .. usage],
            (await RightsAsync(owner, service, privacy)).Where(t => !t.EndsWith(": ", StringComparison.Ordinal)));
        Assert.Equal(
            service == "engagement"
                ? ["mt_events.data", "mt_events.headers", "usage_event.data", "usage_event.extensions", "usage_event.user_id"]
                : ["mt_events.data", "mt_events.headers"],
            await ReadAsync(owner, """
                select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
                  and has_column_privilege($2, c.oid, a.attnum, 'INSERT,UPDATE,REFERENCES')
                order by c.relname || '.' || a.attname collate "C"
                """, service, privacy));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_service_draws_numbers_of_events_and_of_figures_and_sets_none(string service)
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString(service));
        const string Sequences = """
            select relname from pg_class where relnamespace = $1::regnamespace
              and case when relkind = 'S' then has_sequence_privilege($2, oid, $3) end
            """;
        var runtime = UserOf(system.Platform.ConnectionString(service));

        Assert.Equal(
            ["figure_version", "mt_events_sequence"],
            (await ReadAsync(owner, Sequences, service, runtime, "USAGE,SELECT")).Order());
        Assert.Empty(await ReadAsync(owner, Sequences, service, runtime, "UPDATE"));
        Assert.Empty(await ReadAsync(
            owner, Sequences, service, UserOf(system.Platform.PrivacyConnectionString(service)),
            "USAGE,SELECT,UPDATE"));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Only_the_making_of_day_partitions_runs_with_the_rights_of_the_owner(string service)
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString(service));

        Assert.Equal(
            service == "engagement"
                ? [$"make_usage_event_days {{search_path=engagement}} {UserOf(system.Platform.ConnectionString(service))}"]
                : [],
            await ReadAsync(owner, """
                select concat_ws(' ', p.proname, p.proconfig, r.rolname) from pg_proc p join pg_roles r
                  on not r.rolsuper and r.oid <> p.proowner and has_function_privilege(r.oid, p.oid, 'EXECUTE')
                where p.pronamespace = $1::regnamespace and p.prosecdef
                """, service));
    }

    [Fact]
    public async Task A_right_that_is_needed_no_longer_is_taken_back_by_the_next_migration()
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString("engagement"));
        var runtime = UserOf(system.Platform.ConnectionString("engagement"));
        var privacy = UserOf(system.Platform.PrivacyConnectionString("engagement"));
        var before = await AllRightsAsync(owner, "engagement", runtime, privacy);
        await ExecuteAsync(owner, $"""
            grant create on schema engagement to "{runtime}", "{privacy}";
            grant delete, truncate on engagement.mt_events, engagement.mt_streams to "{runtime}";
            grant update on engagement.mt_events_sequence to "{privacy}";
            grant execute on function engagement.make_usage_event_days to "{privacy}"
            """);
        Assert.Equal(8, (await AllRightsAsync(owner, "engagement", runtime, privacy)).Except(before).Count());

        await system.Platform.MigrateAsync(["engagement"], TestContext.Current.CancellationToken);

        Assert.Equal(before, await AllRightsAsync(owner, "engagement", runtime, privacy));
    }

    [Fact]
    public async Task A_table_that_nobody_listed_would_be_seen()
    {
        await using var owner = await OpenAsync(system.Platform.OwnerConnectionString("feedback"));
        await using var transaction = await owner.BeginTransactionAsync();
        await ExecuteAsync(owner, $"""
            create table feedback.stray (id int);
            grant select on feedback.stray to "{UserOf(system.Platform.ConnectionString("feedback"))}"
            """);

        Assert.Contains(
            $"stray: {Read}",
            await RightsAsync(owner, "feedback", UserOf(system.Platform.ConnectionString("feedback"))));
    }

    private static Task<List<string>> RightsAsync(NpgsqlConnection owner, string schema, string role) =>
        ReadAsync(owner, """
        select c.relname || ': ' || coalesce(string_agg(r.name, ' ' order by r.place), '')
        from pg_class c
        left join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
          with ordinality r(name, place) on has_table_privilege($2, c.oid, r.name)
        where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        group by c.relname order by (c.relname || ': ') collate "C"
        """, schema, role);

    /// <summary>What both roles were given on the schema itself and on its tables, sequences and functions.</summary>
    private static Task<List<string>> AllRightsAsync(
        NpgsqlConnection owner, string schema, string runtime, string privacy) => ReadAsync(owner, """
        select concat_ws(' ', o.name, g.privilege_type, pg_get_userbyid(g.grantee)) as given
        from (select nspname as name, nspacl as acl from pg_namespace where nspname = $1
          union all select relname, relacl from pg_class where relnamespace = $1::regnamespace
          union all select proname, proacl from pg_proc where pronamespace = $1::regnamespace) o,
        lateral aclexplode(o.acl) g
        where pg_get_userbyid(g.grantee) in ($2, $3)
        order by given
        """, schema, runtime, privacy);

    private static string UserOf(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).Username!;

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlConnection connection, string sql, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}
