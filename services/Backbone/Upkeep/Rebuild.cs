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
        await using var held = await database.OpenConnectionAsync();
        await using (var alone = new NpgsqlCommand($"select pg_try_advisory_lock({LeaderDaemon.LockKey})", held))
            if (await alone.ExecuteScalarAsync() is not true)
                throw new InvalidOperationException($"{setup.Service} is running. Stop every replica, then rebuild.");

        var options = EventStore.Options(setup.Service, setup.Configure, TimeProvider.System);
        options.Connection(owner);
        using var store = new DocumentStore(options);
        using var daemon = await store.BuildProjectionDaemonAsync();
        foreach (var projection in options.Projections.All.Where(p => p.Lifecycle != ProjectionLifecycle.Live))
        {
            await daemon.RebuildProjectionAsync(projection.Name, TimeSpan.FromHours(4), CancellationToken.None);
            await ReadModelRebuilds.Note(database, setup.Service, projection.Name);
            LogRebuilt(app.Logger, projection.Name);
            CrashPoint.Reach("model-rebuilt");
        }
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Read models of {Projection} are made anew")]
    private static partial void LogRebuilt(ILogger logger, string projection);
}
