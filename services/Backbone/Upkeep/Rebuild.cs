using System.Reflection;
using JasperFx.Events.Aggregation;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>The <c>rebuild</c> verb: makes every read model anew from the stored events. Publishes nothing.</summary>
public static partial class Rebuild
{
    /// <summary>
    /// With <c>rebuild</c> as the first argument: deletes and folds again what projections keep, and returns true.
    /// Safe to run again; one that was cut off leaves read models incomplete until the next.
    /// </summary>
    /// <param name="app">The service; reads <c>ConnectionStrings__{service}-owner</c>.</param>
    /// <param name="args">The program's arguments.</param>
    /// <exception cref="InvalidOperationException">A replica still runs: it would write beside the rebuild.</exception>
    public static async Task<bool> RebuildAsync(this WebApplication app, string[] args)
    {
        if (args is not ["rebuild", ..])
            return false;

        var setup = app.Services.GetRequiredService<StoreSetup>();
        var owner = app.Configuration.RequiredConnectionString($"{setup.Service}-owner");
        await using var database = NpgsqlDataSource.Create(owner);
        await Fold(app, setup, owner, database, name: null);
        return true;
    }

    /// <summary>
    /// Folds the snapshots of which a database has the events but no row: those that came with a later version. Commands
    /// decide from them, so they must be there before the service runs.
    /// </summary>
    internal static async Task FillNew(
        WebApplication app, StoreSetup setup, StoreOptions options, string owner, NpgsqlDataSource database)
    {
        foreach (var projection in options.Projections.All.Where(p => p.Lifecycle == ProjectionLifecycle.Inline))
        {
            if (projection is not IAggregateProjection snapshot)
                continue;
            var table = ((IReadOnlyStoreOptions)options).FindOrResolveDocumentType(snapshot.AggregateType).TableName;
            await using var find = database.CreateCommand($"""
                select not exists (select from {table.QualifiedName})
                  and exists (select from {setup.Service}.mt_events where type = any($1))
                """);
            find.Parameters.Add(new()
            {
                Value = snapshot.AllEventTypes
                    .Select(type => type.GetCustomAttribute<StoredAttribute>()?.Name).OfType<string>().ToArray(),
            });
            if (await find.ExecuteScalarAsync() is true)
                await Fold(app, setup, owner, database, projection.Name);
        }
    }

    /// <summary>What one projection keeps, or all of them where none is named.</summary>
    /// <exception cref="InvalidOperationException">A replica still runs: it would write beside the rebuild.</exception>
    private static async Task Fold(
        WebApplication app, StoreSetup setup, string owner, NpgsqlDataSource database, string? name)
    {
        await using var held = await database.OpenConnectionAsync();
        await using (var alone = new NpgsqlCommand($"select pg_try_advisory_lock({LeaderDaemon.LockKey})", held))
            if (await alone.ExecuteScalarAsync() is not true)
                throw new InvalidOperationException($"{setup.Service} is running. Stop every replica, then try again.");

        var options = EventStore.Options(setup.Service, setup.Configure, TimeProvider.System);
        options.Connection(owner);
        using var store = new DocumentStore(options);
        using var daemon = await store.BuildProjectionDaemonAsync();
        foreach (var projection in options.Projections.All
            .Where(p => name is null ? p.Lifecycle != ProjectionLifecycle.Live : p.Name == name))
        {
            await daemon.RebuildProjectionAsync(projection.Name, TimeSpan.FromHours(4), CancellationToken.None);
            await ReadModelRebuilds.Note(database, setup.Service, projection.Name);
            LogRebuilt(app.Logger, projection.Name);
            CrashPoint.Reach("model-rebuilt");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Read models of {Projection} are made anew")]
    private static partial void LogRebuilt(ILogger logger, string projection);
}
