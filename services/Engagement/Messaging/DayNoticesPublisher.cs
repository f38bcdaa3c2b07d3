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

    private Task Lead(CancellationToken cancellationToken) => MarkWatch.Run(
        connectionString, "engagement-listener", DayFigureRows.Channel, PublishAll,
        (TimeSpan.FromMilliseconds(settings.CoalesceMilliseconds),
            TimeSpan.FromMilliseconds(settings.CoalesceMillisecondsMax)), cancellationToken);

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
        using var activity = MarkWatch.Continue(
            IntakeTelemetry.Source, "tell changed days", [.. days.SelectMany(d => d.Links.Prepend(d.Traceparent))]);
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

    /// <summary>What is told of days makes figures of 28 days to be told: marked here, off the way of the intake.</summary>
    private async Task Unmark(IReadOnlyList<MarkedDay> marks, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginAsync(cancellationToken);
        // Never waits for a writer: a mark that is locked is about to have a newer version anyway.
        await using var command = new NpgsqlCommand(
            """
            with told as (
              select m.account_id, m.day
              from unnest($1, $2, $3) as t(account_id, day, version)
              join engagement.day_mark m on m.account_id = t.account_id and m.day = t.day and m.version = t.version
              for update of m skip locked
            )
            delete from engagement.day_mark m using told where m.account_id = told.account_id and m.day = told.day
            """, connection);
        command.Parameters.Add(new() { Value = marks.Select(m => m.AccountId).ToArray() });
        command.Parameters.Add(new() { Value = marks.Select(m => m.Figures.Day).ToArray() });
        command.Parameters.Add(new() { Value = marks.Select(m => m.Figures.Version).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        await connection.FiguresChange(
            "engagement", marks.Select(m => m.AccountId).ToHashSet(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed record MarkedDay(Guid AccountId, UsageDay Figures, string? Traceparent, string[] Links);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The notice of {Days} days was not confirmed; it will be repeated")]
    private partial void LogNotConfirmed(Exception exception, int days);
}
