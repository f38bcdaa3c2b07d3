using System.Diagnostics;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Engagement.DailyUse;
using CsPlatform.Engagement.Intake;
using MassTransit;
using Npgsql;

namespace CsPlatform.Engagement.Messaging;

/// <summary>
/// Tells others what days changed: reads the marks, publishes the figures, and takes away a mark once the broker has
/// confirmed and nothing newer has marked the day. One replica does it, the one that holds the lock; were it
/// two for a moment, notices would repeat, which harms nobody.
/// </summary>
internal sealed partial class DayNoticesPublisher(
    NpgsqlDataSource database, IConfiguration configuration, IntakeSettings settings, IBus bus, TimeProvider clock,
    ILogger<DayNoticesPublisher> log) : BackgroundService, IIdleCheck
{
    private const long LockKey = 0x6373_706e_6f74_6963;
    private const int PageMarks = 5000;
    private const int NoticeDays = 100;
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(15);

    public async Task<bool> IsIdle(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select not exists (select from engagement.day_mark)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private readonly string connectionString = configuration.GetConnectionString("engagement")!;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Leadership.Hold(
        connectionString, LockKey, "engagement-notices", Lead, log, stoppingToken);

    private async Task Lead(CancellationToken cancellationToken)
    {
        // Not a pooled one: it would go on listening for whoever gets it next.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ApplicationName = "engagement-listener",
        }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"listen {DayFigureRows.Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await using var ping = new NpgsqlCommand("select 1", connection);
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            await PublishAll(cancellationToken);
            var publishing = Stopwatch.GetElapsedTime(since);
            // Wakes with the next commit that marks a day; the time-out is a safety net and finds a lost connection.
            if (await connection.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken))
                // The more there was to tell, the longer marks gather: under a back-fill each day is told far less
                // often.
                await Task.Delay(Math.Clamp(
                    (int)publishing.TotalMilliseconds, settings.CoalesceMilliseconds, settings.CoalesceMillisecondsMax),
                    cancellationToken);
            else
                await ping.ExecuteScalarAsync(cancellationToken);
        }
    }

    private async Task PublishAll(CancellationToken cancellationToken)
    {
        var (afterAccount, afterDay) = (Guid.Empty, DateOnly.MinValue);
        while (true)
        {
            var marks = await ReadMarks(afterAccount, afterDay, cancellationToken);
            if (marks.Count == 0)
                return;
            var published = await Task.WhenAll(
                marks.Chunk(NoticeDays).Select(days => Publish(days, cancellationToken)));
            CrashPoint.Reach("notices-published");
            await Unmark([.. published.SelectMany(m => m)], cancellationToken);
            if (marks.Count < PageMarks)
                return;
            (afterAccount, afterDay) = (marks[^1].AccountId, marks[^1].Figures.Day);
        }
    }

    /// <returns>The marks whose figures the broker has confirmed.</returns>
    private async Task<IReadOnlyList<MarkedDay>> Publish(
        IReadOnlyList<MarkedDay> days, CancellationToken cancellationToken)
    {
        using var activity = StartActivity(days);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConfirmTimeout);
        try
        {
            await bus.PublishConfirmed(new AccountDaysChanged(
                [
                    .. days.GroupBy(d => d.AccountId).Select(account =>
                        new ChangedDays(account.Key, [.. account.Select(d => d.Figures)], account.First().Traceparent)),
                ],
                clock.GetUtcNow()), id: null, patience.Token);
            return days;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotConfirmed(e, days.Count);
            return [];
        }
    }

    /// <summary>The trace of the write that set the first mark goes on; those of other writes are linked.</summary>
    private static Activity? StartActivity(IReadOnlyList<MarkedDay> days)
    {
        ActivityContext.TryParse(days[0].Traceparent, null, isRemote: true, out var parent);
        var links = days.SelectMany(d => d.Links.Prepend(d.Traceparent)).Distinct().Take(32)
            .Select(t => ActivityContext.TryParse(t, null, isRemote: true, out var context) ? context : default)
            .Where(c => c != default && c.TraceId != parent.TraceId)
            .Select(c => new ActivityLink(c));
        return IntakeTelemetry.Source.StartActivity("tell changed days", ActivityKind.Internal, parent, links: links);
    }

    private async Task<IReadOnlyList<MarkedDay>> ReadMarks(
        Guid afterAccount, DateOnly afterDay, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select d.account_id, d.day, d.events, d.active_users, d.minutes, d.version,
              array(select feature from engagement.account_day_feature f
                where f.account_id = d.account_id and f.day = d.day order by feature),
              m.traceparent, m.links
            from engagement.day_mark m
            join engagement.account_day d on d.account_id = m.account_id and d.day = m.day
            where (m.account_id, m.day) > ($1, $2)
            order by m.account_id, m.day
            limit $3
            """);
        command.Parameters.Add(new() { Value = afterAccount });
        command.Parameters.Add(new() { Value = afterDay });
        command.Parameters.Add(new() { Value = PageMarks });
        var marks = new List<MarkedDay>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            marks.Add(new MarkedDay(
                reader.GetGuid(0),
                new UsageDay(
                    reader.GetFieldValue<DateOnly>(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetDecimal(4),
                    reader.GetFieldValue<string[]>(6), reader.GetInt64(5)),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetFieldValue<string[]>(8)));
        return marks;
    }

    private async Task Unmark(IReadOnlyList<MarkedDay> marks, CancellationToken cancellationToken)
    {
        // Never waits for a writer: a mark that is locked is about to have a newer version anyway.
        await using var command = database.CreateCommand(
            """
            with told as (
              select m.account_id, m.day
              from unnest($1, $2, $3) as t(account_id, day, version)
              join engagement.day_mark m on m.account_id = t.account_id and m.day = t.day and m.version = t.version
              for update of m skip locked
            )
            delete from engagement.day_mark m using told where m.account_id = told.account_id and m.day = told.day
            """);
        command.Parameters.Add(new() { Value = marks.Select(m => m.AccountId).ToArray() });
        command.Parameters.Add(new() { Value = marks.Select(m => m.Figures.Day).ToArray() });
        command.Parameters.Add(new() { Value = marks.Select(m => m.Figures.Version).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record MarkedDay(Guid AccountId, UsageDay Figures, string? Traceparent, string[] Links);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The notice of {Days} days was not confirmed; it will be repeated")]
    private partial void LogNotConfirmed(Exception exception, int days);
}
