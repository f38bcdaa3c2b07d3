using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace CsPlatform.Backbone;

/// <summary>
/// Runs the jobs of the service by Quartz, from the moment the domain's clock goes on; while a replay clock stands,
/// none starts. A start that fails, as without the database, is tried again.
/// </summary>
/// <remarks>
/// Quartz has a container of its own. It takes its clock from the container that it is built in: there it is the real
/// one, as triggers, misfires and check-ins of replicas need it, while the jobs, which are made here, see the domain's.
/// </remarks>
internal sealed partial class Schedule(
    IServiceProvider app, IEnumerable<ScheduledJob> jobs, ScheduleGuard guard, TimeProvider clock,
    ILoggerFactory loggers, IHostApplicationLifetime lifetime, Action<IPersistentStoreBuilder> store)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ILogger log = loggers.CreateLogger<Schedule>();

    private bool IsDue => clock is not ReplayClock { Runs: false };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var everySecond = new PeriodicTimer(Look);
        do
        {
            if (!IsDue || !lifetime.ApplicationStarted.IsCancellationRequested)
                continue;
            try
            {
                await Hold(everySecond, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        }
        while (await everySecond.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Until the service stops, and then until the jobs that run are done.</summary>
    private async Task Hold(PeriodicTimer everySecond, CancellationToken stoppingToken)
    {
        await using var quartz = Services().BuildServiceProvider();
        var scheduler = await quartz.GetRequiredService<ISchedulerFactory>().GetScheduler(stoppingToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var guarded = Task.CompletedTask;
        try
        {
            await scheduler.Start(stoppingToken);
            guarded = Task.WhenAll(jobs.Select(job => guard.Watch(scheduler, job, over.Token)));
            for (var runs = true; ;)
            {
                await everySecond.WaitForNextTickAsync(stoppingToken);
                if (runs == IsDue)
                    continue;
                runs = !runs;
                await (runs ? scheduler.Start(stoppingToken) : scheduler.Standby(stoppingToken));
            }
        }
        finally
        {
            await over.CancelAsync();
            await guarded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    private ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddSingleton(new Work(app, jobs.ToDictionary(job => job.Name)));
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store);
            foreach (var job in jobs)
            {
                quartz.AddJob<Run>(j => j.WithIdentity(job.Name).DisallowConcurrentExecution());
                quartz.AddTrigger<Run>(trigger => trigger
                    .WithIdentity(job.Name)
                    .ForJob(job.Name)
                    .StartNow()
                    .WithSimpleSchedule(schedule => schedule.WithInterval(job.Every).RepeatForever()
                        .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)));
            }
        });
        return services;
    }

    private sealed record Work(IServiceProvider App, IReadOnlyDictionary<string, ScheduledJob> Jobs);

    /// <summary>What Quartz runs: the job of its name.</summary>
    private sealed class Run(Work work) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            await work.Jobs[context.JobDetail.Key.Name].Run(work.App, cancellationToken);
            CrashPoint.Reach("job-done");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule does not run; starting it again")]
    private partial void LogFailed(Exception exception);
}
