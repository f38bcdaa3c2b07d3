using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Keeps the position of the replay clock in the service's database: a restart resumes it, counting the time that
/// passed meanwhile where it runs, and every replica follows within a second. The first hosted service: it is read
/// before anything uses the clock, and a start waits for a database that is away.
/// </summary>
internal sealed partial class StoredClock(
    NpgsqlDataSource database, ReplayClock clock, string service, ILogger<StoredClock> log) : BackgroundService
{
    /// <summary>
    /// At most one row. Real times in it are the database's, so that replicas need not agree on theirs.
    /// </summary>
    public const string Sql = """
        create table if not exists replay_clock (
            only_row boolean primary key default true check (only_row),
            shows timestamptz not null,
            runs boolean not null,
            moved_at timestamptz not null,
            moves bigint not null);
        """;

    private readonly Lock gate = new();
    private long movesKnown;

    /// <summary>Moves the clock of every replica, this one at once. Stored before it is shown.</summary>
    public async Task MoveTo(DateTimeOffset now, bool runs, CancellationToken ct)
    {
        var shows = now.WholeMicroseconds(); // what a restart will find
        await using var move = database.CreateCommand($"""
            insert into {service}.replay_clock as c (shows, runs, moved_at, moves) values ($1, $2, clock_timestamp(), 1)
            on conflict (only_row) do update
              set shows = excluded.shows, runs = excluded.runs, moved_at = excluded.moved_at, moves = c.moves + 1
            returning moves
            """);
        move.Parameters.Add(new() { Value = shows });
        move.Parameters.Add(new() { Value = runs });
        Show(shows, runs, (long)(await move.ExecuteScalarAsync(ct))!);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!await Follow(cancellationToken))
            await retry.WaitForNextTickAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await everySecond.WaitForNextTickAsync(stoppingToken))
            await Follow(stoppingToken);
    }

    /// <summary>Shows what is stored, if it was moved since. False where it could not be read.</summary>
    private async Task<bool> Follow(CancellationToken ct)
    {
        try
        {
            await using var read = database.CreateCommand($"""
                select
                  shows + case when runs
                    then greatest(clock_timestamp() - moved_at, interval '0') else interval '0' end,
                  runs, moves
                from {service}.replay_clock where moves > $1
                """);
            read.Parameters.Add(new() { Value = Volatile.Read(ref movesKnown) });
            await using var row = await read.ExecuteReaderAsync(ct);
            if (await row.ReadAsync(ct))
                Show(row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1), row.GetInt64(2));
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotRead(e, service);
            return false;
        }
    }

    /// <summary>A move that is older than the one shown, read before and heard of after it, changes nothing.</summary>
    private void Show(DateTimeOffset now, bool runs, long moves)
    {
        lock (gate)
        {
            if (moves <= movesKnown)
                return;
            clock.MoveTo(now, runs);
            Volatile.Write(ref movesKnown, moves);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The position of the replay clock of {Service} could not be read")]
    private partial void LogNotRead(Exception exception, string service);
}
