using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace CsPlatform.Backbone;

/// <summary>
/// Sees that work by the clock goes on after a clock was wrong. Quartz stores when a trigger fires next and when a
/// process was last seen, both by that process's clock, and believes what is stored. Were the clock ahead by a year for
/// a moment, or stepped it back, the next run would be due in a year; and a process that died in a run meanwhile would
/// count as alive, and its run as going on, for as long.
/// </summary>
/// <remarks>
/// Intervals are measured by the monotonic clock. Two replicas that find the same at once begin the schedule twice:
/// then a run may come early, none is lost. Schedules are in real time, whatever the domain's clock shows.
/// </remarks>
internal sealed partial class ScheduleGuard(NpgsqlDataSource database, string service, ILogger<ScheduleGuard> log)
{
    /// <summary>Looks after the schedule of a job once every interval of it, until cancelled.</summary>
    public async Task Watch(IScheduler scheduler, ScheduledJob job, CancellationToken ct)
    {
        // Replicas whose clocks differ by less than the interval leave each other's schedule alone.
        var aheadMax = 2 * job.Every;
        using var interval = new PeriodicTimer(job.Every);
        while (await interval.WaitForNextTickAsync(ct))
            try
            {
                await ForgetCheckInsToCome(aheadMax, ct);
                await BeginAnewIfStranded(scheduler, new(job.Name), aheadMax, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogFailed(e, service); // the database is away, and so is the schedule until it comes back
            }
    }

    private async Task BeginAnewIfStranded(
        IScheduler scheduler, TriggerKey key, TimeSpan aheadMax, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (await scheduler.GetTrigger(key, ct) is not { NextFireTimeUtc: { } next } stranded || next <= now + aheadMax)
            return;

        await scheduler.RescheduleJob(key, stranded.GetTriggerBuilder().StartAt(now).Build(), ct);
        LogBegunAnew(key.Name, next - now);
    }

    /// <summary>
    /// Who lives checks in again within seconds. Who does not is then found to be dead, and what it left is taken over.
    /// By the database's clock, so that a replica whose own is behind takes nobody for dead.
    /// </summary>
    private async Task ForgetCheckInsToCome(TimeSpan aheadMax, CancellationToken ct)
    {
        // as Quartz writes time
        const string Ticks = "(621355968000000000 + extract(epoch from clock_timestamp() + $1) * 10000000)::bigint";
        await using var forget = database.CreateCommand(
            $"update {service}.qrtz_scheduler_state set last_checkin_time = 0 where last_checkin_time > {Ticks}");
        forget.Parameters.Add(new() { Value = aheadMax });
        await forget.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Job} was due in {Ahead} only, as after a wrong clock: it is due now")]
    private partial void LogBegunAnew(string job, TimeSpan ahead);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "It could not be seen whether the schedule of {Service} is stranded")]
    private partial void LogFailed(Exception exception, string service);
}
