using JasperFx;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// The <c>migrate</c> verb: makes and changes the database as its owner, so that the running service needs no right to.
/// </summary>
public static partial class Migration
{
    /// <summary>
    /// With <c>migrate</c> as the first argument: brings the schema up to date (event store, scheduler,
    /// <see cref="OwnSql"/>), gives the runtime and the privacy role what they need, makes snapshots that a database
    /// with events does not have yet, and returns true. Safe to run again at any time.
    /// </summary>
    /// <param name="app">The service; reads <c>ConnectionStrings__{service}-owner</c>.</param>
    /// <param name="args">The program's arguments.</param>
    public static async Task<bool> MigrateAsync(this WebApplication app, string[] args)
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
        await RequirePrivacyRole(locked, runtime);

        var options = EventStore.Options(setup.Service, setup.Configure, TimeProvider.System);
        options.Connection(owner);
        options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        using (var store = new DocumentStore(options))
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

        CrashPoint.Reach("schema-migrated");
        await Scheduling.MakeSchema(owner, setup.Service);

        // One command is one transaction: a service that runs meanwhile never misses a right.
        await Execute(locked, DatabaseRights.Named($"""
            set search_path to {setup.Service};
            {FailedMessages.Sql}
            {ReadModelRebuilds.Sql}
            {Retellings.Sql}
            {StoredClock.Sql}
            {DueWork.Sql}
            {DatabaseRights.TakenBack(setup.Service)}
            {DatabaseRights.AppendOnly}
            {ProgressFence.Sql}
            {FigureMarks.Sql}
            {string.Join('\n', app.Services.GetServices<OwnSql>())}
            {DatabaseRights.Given(options, setup.Service)}
            reset search_path;
            """, runtime));
        await Rebuild.FillNew(app, setup, options, owner, database);
        LogMigrated(app.Logger, setup.Service);
        return true;
    }

    private const long MigrationLock = 0x6373_706d_6967_7200;

    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    private static async Task RequirePrivacyRole(NpgsqlConnection connection, string runtime)
    {
        var role = DatabaseRights.PrivacyRole(runtime);
        await using var find = new NpgsqlCommand("select 1 from pg_roles where rolname = $1", connection)
        {
            Parameters = { new() { Value = role } },
        };
        if (await find.ExecuteScalarAsync() is null)
            throw new InvalidOperationException(
                $"Make the role that masks personal data: create role \"{role}\" nologin");
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database of {Service} is up to date")]
    private static partial void LogMigrated(ILogger logger, string service);
}
