using System.Globalization;
using Npgsql;

namespace CsPlatform.Local.Tests;

/// <summary>
/// A schema is its owner's. What runs a service, or masks in its events, neither changes what is there, nor makes
/// anything beside it, nor becomes somebody who may.
/// </summary>
[Collection(nameof(MigratedSystem))]
public sealed class SchemaChangeTests(MigratedSystem system)
{
    private const string InsufficientPrivilege = "42501";

    /// <summary>{0} is the service and its schema, {1} the owner of both.</summary>
    private static readonly IReadOnlyList<string> Acts =
    [
        "create table {0}.t (id int)",
        "create table public.t (id int)",
        "create temporary table t (id int)",
        "create view {0}.v as select 1 as one",
        "create sequence {0}.s",
        "create type {0}.e as enum ('a')",
        "create function {0}.f() returns int language sql as 'select 1'",
        "create or replace function {0}.append_only() returns trigger language plpgsql as 'begin return new; end'",
        "create schema s",
        "alter schema {0} rename to s",
        "drop schema {0} cascade",
        "alter table {0}.mt_events add column note text",
        "alter table {0}.mt_events owner to current_user",
        "alter table {0}.mt_events disable trigger append_only",
        "drop trigger append_only on {0}.mt_events",
        "create trigger t before insert on {0}.mt_events for each row execute function {0}.append_only()",
        "create rule r as on insert to {0}.mt_streams do instead nothing",
        "create index on {0}.mt_events (type)",
        "drop index {0}.failed_message_open",
        "drop table {0}.mt_events",
        "drop table {0}.failed_message",
        "set session_replication_role = replica",
        """set role "{1}" """,
        """set session authorization "{1}" """,
    ];

    public static TheoryData<string, string> ActsOnEach =>
        new(from service in PlatformOptions.AllServices from act in Acts select (service, act));

    [Theory]
    [MemberData(nameof(ActsOnEach))]
    public async Task A_schema_is_changed_by_its_owner_only(string service, string act)
    {
        var owner = new NpgsqlConnectionStringBuilder(system.Platform.OwnerConnectionString(service));
        var sql = string.Format(CultureInfo.InvariantCulture, act, service, owner.Username);
        string[] others = [system.Platform.ConnectionString(service), system.Platform.PrivacyConnectionString(service)];
        foreach (var who in others)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => TryAsync(who, sql));
            Assert.Equal(InsufficientPrivilege, refused.SqlState);
        }

        // What is refused would have worked: an administrator does it.
        var administrator = new NpgsqlConnectionStringBuilder(system.Platform.Servers.Postgres)
        {
            Database = owner.Database,
        };
        await TryAsync(administrator.ConnectionString, sql);
    }

    /// <summary>Does it, and takes it back.</summary>
    private static async Task TryAsync(string who, string sql)
    {
        await using var connection = new NpgsqlConnection(who + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
    }
}
