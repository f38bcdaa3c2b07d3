using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Work by the clock: Quartz, clustered in the service's database, so that one replica runs a job however many there are,
/// and a run missed while all were down is made up for. A clock that was wrong strands no schedule (<see cref="ScheduleGuard"/>).
/// </summary>
public static class Scheduling
{
    /// <summary>
    /// Runs a job every so often. Not with a replay clock: then whoever moves the clock asks for the work.
    /// </summary>
    /// <typeparam name="TJob">The job; resolved from the services, one scope a run, never twice at once.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Lower-case service name.</param>
    /// <param name="every">The interval.</param>
    public static void AddScheduledJob<TJob>(this IHostApplicationBuilder builder, string service, TimeSpan every) where TJob : class, IJob
    {
        if (builder.IsReplay())
            return;

        var database = builder.Configuration.RequiredConnectionString(service);
        builder.Services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store => Configure(store, database, service));
            quartz.AddJob<TJob>(job => job.WithIdentity(typeof(TJob).Name).DisallowConcurrentExecution());
            quartz.AddTrigger<TJob>(trigger => trigger
                .WithIdentity(typeof(TJob).Name)
                .ForJob(typeof(TJob).Name)
                .StartNow()
                .WithSimpleSchedule(schedule => schedule.WithInterval(every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)));
        });
        builder.Services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ScheduleGuard>(
            services, new TriggerKey(typeof(TJob).Name), every, service));
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
