using System.Diagnostics;
using CsPlatform.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>Reads the figures of accounts as they are now, as the notice that tells them.</summary>
/// <param name="connection">The service's database.</param>
/// <param name="accountIds">Whose; one that has no figures is left out.</param>
/// <param name="asOf">Now, UTC.</param>
/// <param name="version">Of the notice: taken before the figures are read, so a greater one is never older.</param>
/// <param name="cancellationToken">Ends it.</param>
/// <returns>The contract message; null where none of them has figures.</returns>
public delegate Task<object?> ReadFigures(
    NpgsqlConnection connection, Guid[] accountIds, DateTimeOffset asOf, long version,
    CancellationToken cancellationToken);

/// <summary>What a service tells of its accounts' figures.</summary>
/// <param name="Service">Lower-case service name, also its schema.</param>
/// <param name="Read">Makes the notice.</param>
/// <param name="Turning">
/// A query of the accounts whose figures turn by time alone, over the UTC days after @after up to @today; null where
/// none do.
/// </param>
internal sealed record Figures(string Service, ReadFigures Read, string? Turning);

/// <summary>Switches on that a service tells the figures of its accounts.</summary>
public static class FigureNotices
{
    /// <summary>
    /// Whoever changes an account's figures marks it (<see cref="FigureMarks"/>); a notice then tells them: coalesced,
    /// at least once, in any order, newer by version.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Lower-case service name.</param>
    /// <param name="read">Makes the notice.</param>
    /// <param name="turning">
    /// A query of <c>account_id</c> of the accounts whose figures turn by time alone, over the UTC days after
    /// <c>@after</c> up to <c>@today</c>.
    /// </param>
    public static void AddFigureNotices(
        this IHostApplicationBuilder builder, string service, ReadFigures read, string? turning = null)
    {
        builder.Services.AddSingleton(new Figures(service, read, turning));
        builder.Services.AddSingleton<FigurePublisher>();
        builder.Services.AddSingleton<IIdleCheck>(s => s.GetRequiredService<FigurePublisher>());
        builder.Services.AddHostedService(s => s.GetRequiredService<FigurePublisher>());
        builder.Services.AddSampledGauge("csplatform.figures.waiting", "{account}",
            "Accounts whose new figures the other services were not told yet", tag: null,
            _ => $"select null, count(*)::double precision from {service}.figure_mark");
        if (turning is not null)
            builder.AddScheduledJob<TurnFiguresJob>(service, TimeSpan.FromMinutes(10));
    }
}

/// <summary>
/// Tells what is marked. One replica does it, the one that holds the lock; were it two for a moment, notices would
/// repeat, which harms nobody.
/// </summary>
internal sealed partial class FigurePublisher(
    Figures figures, NpgsqlDataSource database, IConfiguration configuration, IBus bus, TimeProvider clock,
    ILogger<FigurePublisher> log) : BackgroundService, IIdleCheck
{
    private const long LockKey = 0x6373_7066_6967_7572;
    private const int PageAccounts = 1_000;
    private const int NoticeAccounts = 100;
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(15);
    private static readonly (TimeSpan, TimeSpan) Gather = (TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));

    public async Task<bool> IsIdle(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select not exists (select from {figures.Service}.figure_mark)");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connectionString = configuration.RequiredConnectionString(figures.Service);
        return Leadership.Hold(
            connectionString, LockKey, $"{figures.Service}-figures",
            ct => MarkWatch.Run(
                connectionString, $"{figures.Service}-figures-listener", FigureMarks.Channel(figures.Service), TellAll,
                Gather, ct),
            log, stoppingToken);
    }

    private async Task TellAll(CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var version = await NextVersion(cancellationToken);
            var marks = await ReadMarks(after, cancellationToken);
            if (marks.Count == 0)
                return;
            List<Mark> told = [];
            foreach (var some in marks.Chunk(NoticeAccounts))
                if (await Tell(some, version, cancellationToken))
                    told.AddRange(some);
            CrashPoint.Reach("figures-told");
            await Unmark(told, cancellationToken);
            if (marks.Count < PageAccounts)
                return;
            after = marks[^1].AccountId;
        }
    }

    /// <returns>Whether the broker has confirmed it.</returns>
    private async Task<bool> Tell(Mark[] marks, long version, CancellationToken cancellationToken)
    {
        // A trace of its own: it tells of many changes, and is part of none. They are linked.
        using var activity = Telemetry.Source.StartActivity(
            "tell figures", ActivityKind.Internal, parentContext: default,
            links: MarkWatch.Links(marks.Select(m => m.Traceparent)));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var notice = await figures.Read(
            connection, [.. marks.Select(m => m.AccountId)], clock.GetUtcNow(), version, cancellationToken);
        if (notice is null)
            return true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConfirmTimeout);
        try
        {
            await bus.PublishConfirmed(notice, id: null, patience.Token);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotConfirmed(e, marks.Length);
            return false;
        }
    }

    private async Task<long> NextVersion(CancellationToken cancellationToken)
    {
        await using var next = database.CreateCommand($"select nextval('{figures.Service}.figure_version')");
        return (long)(await next.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<Mark>> ReadMarks(Guid after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select account_id, token, traceparent from {figures.Service}.figure_mark
            where account_id > $1 order by account_id limit {PageAccounts}
            """);
        command.Parameters.Add(new() { Value = after });
        List<Mark> marks = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            marks.Add(new(reader.GetGuid(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        return marks;
    }

    private async Task Unmark(IReadOnlyCollection<Mark> told, CancellationToken cancellationToken)
    {
        // Never waits for a writer: a mark that is locked is about to have another token anyway.
        await using var command = database.CreateCommand($"""
            with told as (
              select m.account_id from unnest($1, $2) as t(account_id, token)
              join {figures.Service}.figure_mark m on m.account_id = t.account_id and m.token = t.token
              for update of m skip locked
            )
            delete from {figures.Service}.figure_mark m using told where m.account_id = told.account_id
            """);
        command.Parameters.Add(new() { Value = told.Select(m => m.AccountId).ToArray() });
        command.Parameters.Add(new() { Value = told.Select(m => m.Token).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Mark(Guid AccountId, long Token, string? Traceparent);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The figures of {Accounts} accounts were not confirmed; they will be told again")]
    private partial void LogNotConfirmed(Exception exception, int accounts);
}

/// <summary>
/// Marks, once for each day, the accounts whose figures turned by time alone: what left a window, what ended.
/// </summary>
internal sealed class TurnFiguresJob(Figures figures, NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    public async Task<object> Run(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginAsync(cancellationToken);
        // A day ahead is that of a clock that was wrong: as if there had been none.
        await using var turn = new NpgsqlCommand($"""
            with before as (delete from {figures.Service}.figure_turn returning day)
            select coalesce(max(day) filter (where day <= @today), @today - 1) from before
            """, connection);
        turn.Parameters.AddWithValue("today", today);
        var after = (DateOnly)(await turn.ExecuteScalarAsync(cancellationToken))!;
        await using var keep = new NpgsqlCommand(
            $"insert into {figures.Service}.figure_turn values (@today) on conflict do nothing", connection);
        keep.Parameters.AddWithValue("today", today);
        await keep.ExecuteNonQueryAsync(cancellationToken);
        await using var mark = new NpgsqlCommand(
            FigureMarks.Mark(figures.Service, $"({figures.Turning}) as turning", "@trace"), connection);
        mark.Parameters.AddWithValue("today", today);
        mark.Parameters.AddWithValue("after", after);
        mark.Parameters.AddWithValue("trace", Activity.Current?.Id ?? "");
        var marked = await mark.ExecuteNonQueryAsync(cancellationToken);
        if (marked > 0)
        {
            await using var wake = new NpgsqlCommand($"notify {FigureMarks.Channel(figures.Service)}", connection);
            await wake.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return new TurnedFigures(marked);
    }

    private sealed record TurnedFigures(int Accounts);
}
