using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace CsPlatform.Backbone;

/// <summary>
/// Work by the clock: Quartz, clustered in the service's database, so that one replica runs a job however many there
/// are, and a run missed while all were down is made up for. A clock that was wrong strands no schedule (<see
/// cref="ScheduleGuard"/>).
/// </summary>
public static class Scheduling
{
    /// <summary>
    /// Runs a job every so often, in real time. With a replay clock that stands it does not run by itself: whoever
    /// moves the clock asks for it with <c>POST /dev/due</c>.
    /// </summary>
    /// <typeparam name="TJob">Made from the services, one scope a run, never twice at once by itself.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Lower-case service name.</param>
    /// <param name="every">The interval.</param>
    public static void AddScheduledJob<TJob>(this IHostApplicationBuilder builder, string service, TimeSpan every)
        where TJob : class, IScheduledJob
    {
        var database = builder.Configuration.RequiredConnectionString(service);
        builder.Services.AddSingleton(ScheduledJob.Of<TJob>(every));
        if (builder.Services.Any(s => s.ServiceType == typeof(ScheduleGuard)))
            return;

        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<ScheduleGuard>(services, service));
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<Schedule>(
            services, (Action<IPersistentStoreBuilder>)(store => Configure(store, database, service))));
    }

    /// <summary>Makes the scheduler's tables, as the owner of the database.</summary>
    internal static async Task MakeSchema(string owner, string schema)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddQuartz(quartz => quartz.UsePersistentStore(store =>
        {
            Configure(store, owner, schema);
            store.ProvisionSchema();
        }));
        await using var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await scheduler.Start();
        await scheduler.Shutdown();
    }

    private static void Configure(IPersistentStoreBuilder store, string database, string schema)
    {
        store.UsePostgres(database);
        store.UseSystemTextJsonSerializer();
        store.UseClustering(_ => { });
        store.ConfigureStore(o => o.TablePrefix = $"{schema}.qrtz_");
    }
}
