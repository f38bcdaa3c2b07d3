using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Makes read models anew while the service runs, on the replica that leads the daemon; any replica asks for it by a
/// row. The model is emptied and its progress forgotten in one transaction, and then it is behind like any other: the
/// daemon folds it from the first event on, and whoever leads goes on with it after a crash. The outbox has a progress
/// of its own, so nothing is published.
/// </summary>
internal sealed partial class ReadModelRebuilds(
    IDocumentStore store, StoreSetup setup, NpgsqlDataSource database, ILogger<ReadModelRebuilds> log)
{
    /// <summary>
    /// Asked and not begun since: to be emptied. Begun and not done since: behind, until its progress has reached what
    /// was the head when it was emptied.
    /// </summary>
    public const string Sql = """
        create table if not exists read_model_rebuild (
            name text primary key,
            asked_at timestamptz not null,
            begun_at timestamptz,
            through_sequence bigint,
            done_at timestamptz);
        """;

    private StoreOptions Options => ((DocumentStore)store).Options;

    /// <summary>Asks for a rebuild; asked while one is under way, another one follows it.</summary>
    public async Task Ask(string name, CancellationToken cancellationToken)
    {
        await using var ask = database.CreateCommand($"""
            insert into {setup.Service}.read_model_rebuild (name, asked_at) values ($1, clock_timestamp())
            on conflict (name) do update set asked_at = excluded.asked_at
            """);
        ask.Parameters.AddWithValue(name);
        await ask.ExecuteNonQueryAsync(cancellationToken);
        CrashPoint.Reach("rebuild-asked");
    }

    /// <summary>Notes that the <c>rebuild</c> verb has made it anew, which answers whoever had asked before.</summary>
    public static async Task Note(NpgsqlDataSource owner, string service, string name)
    {
        await using var note = owner.CreateCommand($"""
            insert into {service}.read_model_rebuild (name, asked_at, begun_at, done_at)
            values ($1, now(), now(), now())
            on conflict (name) do update
              set asked_at = excluded.asked_at, begun_at = excluded.begun_at, done_at = excluded.done_at
            """);
        note.Parameters.AddWithValue(name);
        await note.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// What the leader does every so often: begins what was asked for, and notes what has caught up. What fails is
    /// tried again the next time; a shard that stands still meanwhile is started again by the leader, as any other.
    /// </summary>
    /// <param name="daemon">The leader's own.</param>
    /// <param name="cancellationToken">Ends with the lead.</param>
    public async Task Advance(IProjectionDaemon daemon, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (name, isBegun) in await Open(cancellationToken))
            {
                if (Options.Projections.All.FirstOrDefault(p => p.Name == name) is not { } projection)
                    continue; // of another version of the service
                var shards = projection.Shards().Select(s => s.Name.Identity).ToArray();
                if (isBegun)
                    await NoteIfCaughtUp(name, shards, cancellationToken);
                else
                    await Begin(daemon, projection, name, shards, cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogLater(e);
        }
    }

    private async Task<List<(string Name, bool IsBegun)>> Open(CancellationToken cancellationToken)
    {
        await using var open = database.CreateCommand($"""
            select name, coalesce(begun_at >= asked_at, false) from {setup.Service}.read_model_rebuild
            where begun_at is null or begun_at < asked_at or done_at is null or done_at < begun_at
            """);
        await using var row = await open.ExecuteReaderAsync(cancellationToken);
        List<(string, bool)> rebuilds = [];
        while (await row.ReadAsync(cancellationToken))
            rebuilds.Add((row.GetString(0), row.GetBoolean(1)));
        return rebuilds;
    }

    private async Task Begin(
        IProjectionDaemon daemon, IPublishesTypes projection, string name, string[] shards,
        CancellationToken cancellationToken)
    {
        // A page that is being written must end before the model is emptied: after it, it would be folded twice. The
        // daemon waits for it for a while and then goes on; this waits for as long as it takes.
        foreach (var agent in daemon.CurrentAgents().Where(a => shards.Contains(a.Name.Identity)))
            await agent.StopAndDrainAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // a wait that was ended says nothing
        foreach (var shard in shards)
            await daemon.StopAgentAsync(shard);

        await Empty(projection, name, shards, cancellationToken);
        CrashPoint.Reach("read-model-emptied");
        foreach (var shard in shards)
            await daemon.StartAgentAsync(shard, cancellationToken);
        LogBegun(name);
    }

    private async Task Empty(
        IPublishesTypes projection, string name, string[] shards, CancellationToken cancellationToken)
    {
        var tables = projection.PublishedTypes().Select(
            type => ((IReadOnlyStoreOptions)Options).FindOrResolveDocumentType(type).TableName.QualifiedName);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginAsync(cancellationToken);
        // Whoever reads the model now is waited for, and whoever comes later waits behind this: so not for long.
        await using var empty = new NpgsqlCommand($"""
            set local lock_timeout = '5s';
            truncate {string.Join(", ", tables)};
            delete from {setup.Service}.mt_event_progression where name = any(@shards);
            update {setup.Service}.read_model_rebuild
              set begun_at = clock_timestamp(),
                through_sequence = (select coalesce(max(seq_id), 0) from {setup.Service}.mt_events)
              where name = @name
            """, connection, transaction);
        empty.Parameters.AddWithValue("shards", shards);
        empty.Parameters.AddWithValue("name", name);
        await empty.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task NoteIfCaughtUp(string name, string[] shards, CancellationToken cancellationToken)
    {
        await using var note = database.CreateCommand($"""
            update {setup.Service}.read_model_rebuild set done_at = clock_timestamp()
            where name = $1 and begun_at >= asked_at and not exists (
              select from unnest($2) as shard left join {setup.Service}.mt_event_progression p on p.name = shard
              where coalesce(p.last_seq_id, 0) < through_sequence)
            """);
        note.Parameters.Add(new() { Value = name });
        note.Parameters.Add(new() { Value = shards });
        if (await note.ExecuteNonQueryAsync(cancellationToken) == 0)
            return;
        CrashPoint.Reach("rebuild-done");
        LogDone(name);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Read models of {Projection} are emptied and made anew")]
    private partial void LogBegun(string projection);

    [LoggerMessage(Level = LogLevel.Information, Message = "Read models of {Projection} are made anew")]
    private partial void LogDone(string projection);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rebuild does not go on for now; it is tried again")]
    private partial void LogLater(Exception exception);
}
