using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Sees that work by the clock goes on after a clock was wrong. Quartz stores when a trigger fires next and when a process
/// was last seen, both by that process's clock, and believes what is stored. Were the clock ahead by a year for a moment, or
/// stepped it back, the next run would be due in a year; and a process that died in a run meanwhile would count as alive, and
/// its run as going on, for as long.
/// </summary>
/// <remarks>
/// Intervals are measured by the monotonic clock. Two replicas that find the same at once begin the schedule twice: then a
/// run may come early, none is lost.
/// </remarks>
internal sealed partial class ScheduleGuard(
    ISchedulerFactory schedulers, TriggerKey key, TimeSpan every, NpgsqlDataSource database, string service, TimeProvider clock,
    ILogger<ScheduleGuard> log) : BackgroundService
{
    /// <summary>Replicas whose clocks differ by less than the interval leave each other's schedule alone.</summary>
    private readonly TimeSpan aheadMax = 2 * every;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var interval = new PeriodicTimer(every);
        while (await interval.WaitForNextTickAsync(stoppingToken))
            try
            {
                await ForgetCheckInsToCome(stoppingToken);
                await BeginAnewIfStranded(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e, service); // the database is away, and so is the schedule until it comes back
            }
    }

    private async Task BeginAnewIfStranded(CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        var now = clock.GetUtcNow();
        if (await scheduler.GetTrigger(key, ct) is not { NextFireTimeUtc: { } next } stranded || next <= now + aheadMax)
            return;

        await scheduler.RescheduleJob(key, stranded.GetTriggerBuilder().StartAt(now).Build(), ct);
        LogBegunAnew(key.Name, next - now);
    }

    /// <summary>
    /// Who lives checks in again within seconds. Who does not is then found to be dead, and what it left is taken over. By
    /// the database's clock, so that a replica whose own is behind takes nobody for dead.
    /// </summary>
    private async Task ForgetCheckInsToCome(CancellationToken ct)
    {
        const string Ticks = "(621355968000000000 + extract(epoch from clock_timestamp() + $1) * 10000000)::bigint"; // as Quartz writes time
        await using var forget = database.CreateCommand(
            $"update {service}.qrtz_scheduler_state set last_checkin_time = 0 where last_checkin_time > {Ticks}");
        forget.Parameters.Add(new() { Value = aheadMax });
        await forget.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Job} was due in {Ahead} only, as after a wrong clock: it is due now")]
    private partial void LogBegunAnew(string job, TimeSpan ahead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "It could not be seen whether the schedule of {Service} is stranded")]
    private partial void LogFailed(Exception exception, string service);
}
