using JasperFx;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// The <c>migrate</c> verb: makes and changes the database as its owner, so that the running service needs no right to.
/// </summary>
public static partial class Migration
{
    /// <summary>
    /// With <c>migrate</c> as the first argument: brings the schema up to date (event store, the service's own SQL,
    /// scheduler), grants the runtime role what it needs, and returns true. Safe to run again at any time.
    /// </summary>
    /// <param name="app">The service; reads <c>ConnectionStrings__{service}-owner</c>.</param>
    /// <param name="args">The program's arguments.</param>
    /// <param name="sql">The service's own tables and functions, idempotent, in the schema of its name; may be empty.</param>
    public static async Task<bool> MigrateAsync(this WebApplication app, string[] args, string sql = "")
    {
        if (args is not ["migrate", ..])
            return false;

        var setup = app.Services.GetRequiredService<StoreSetup>();
        var owner = app.Configuration.RequiredConnectionString($"{setup.Service}-owner");
        var runtime = new NpgsqlConnectionStringBuilder(setup.ConnectionString).Username!;
        await using var database = NpgsqlDataSource.Create(owner);
        // Two migrations at once, e.g. of two replicas, run one after the other.
        await using var locked = await database.OpenConnectionAsync();
        await Execute(locked, $"select pg_advisory_lock({MigrationLock}); create schema if not exists {setup.Service}");

        var options = EventStore.Options(setup.Service, setup.Configure, TimeProvider.System);
        options.Connection(owner);
        options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        using (var store = new DocumentStore(options))
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

        CrashPoint.Reach("schema-migrated");
        await Execute(locked, $"set search_path to {setup.Service}; {FailedMessages.Sql} {sql}; reset search_path");
        await Scheduling.MakeSchema(owner, setup.Service);
        await Execute(locked, Grants(setup.Service, runtime));
        LogMigrated(app.Logger, setup.Service);
        return true;
    }

    private const long MigrationLock = 0x6373_706d_6967_7200;

    /// <summary>Events are appended and read, never changed; everything else is the service's to keep.</summary>
    private static string Grants(string schema, string role) => $"""
        grant usage on schema {schema} to "{role}";
        grant select, insert, update, delete, truncate on all tables in schema {schema} to "{role}";
        revoke update, delete, truncate on {schema}.mt_events from "{role}";
        revoke delete, truncate on {schema}.mt_streams from "{role}";
        grant usage, select on all sequences in schema {schema} to "{role}";
        grant execute on all functions in schema {schema} to "{role}";
        """;

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database of {Service} is up to date")]
    private static partial void LogMigrated(ILogger logger, string service);
}
