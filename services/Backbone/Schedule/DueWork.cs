using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// What falls due later, item by item: one index for all kinds, written in the transaction of what makes it due, and
/// one scheduled job for each kind that works through it. Never a timer or a trigger for an item.
/// </summary>
public sealed partial class DueWork
{
    internal const string Sql = """
        create table if not exists due_work (
            kind text not null,
            item uuid not null,
            due_at timestamptz not null,
            primary key (kind, item));
        create index if not exists due_work_by_time on due_work (kind, due_at, item);
        comment on table due_work is 'cleared';
        """;

    private readonly ISessionFactory sessions;
    private readonly string schema;
    private readonly ILogger<DueWork> log;

    internal DueWork(ISessionFactory sessions, string schema, ILogger<DueWork> log) =>
        (this.sessions, this.schema, this.log) = (sessions, schema, log);

    /// <summary>
    /// Does what of a kind is due by a moment, the earliest first, to the end. Replicas share it: each takes what no
    /// other is at. What the work puts into its session and the item's leave of the index are one transaction; an item
    /// that the work makes fall due again stays. One that fails stays too, for the next run, and holds up none behind
    /// it.
    /// </summary>
    /// <param name="kind">Kebab-case, e.g. <c>open-renewal</c>.</param>
    /// <param name="until">Due at this moment or before.</param>
    /// <param name="work">Does one item; the session is saved after it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How many items were done.</returns>
    public async Task<int> Run(
        string kind, DateTimeOffset until, Func<IDocumentSession, Guid, CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        var (last, done) = (new Item(Guid.Empty, DateTimeOffset.UnixEpoch.AddYears(-1_000)), 0);
        while (true)
        {
            await using var session = sessions.OpenSession();
            await session.BeginTransactionAsync(cancellationToken);
            if (await Next(session, kind, until, last, cancellationToken) is not { } item)
                return done;
            last = item;
            session.QueueSqlCommand($"delete from {schema}.due_work where kind = ? and item = ?", kind, item.Id);
            try
            {
                await work(session, item.Id, cancellationToken);
                await session.SaveChangesAsync(cancellationToken);
                CrashPoint.Reach("due-work-done");
                done++;
            }
            catch (Exception e) when (!Faults.IsOutage(e) && !cancellationToken.IsCancellationRequested)
            {
                LogFailed(e, kind, item.Id);
            }
        }
    }

    private async Task<Item?> Next(
        IDocumentSession session, string kind, DateTimeOffset until, Item last, CancellationToken cancellationToken)
    {
        await using var next = new NpgsqlCommand($"""
            select item, due_at from {schema}.due_work
            where kind = $1 and due_at <= $2 and (due_at, item) > ($3, $4)
            order by due_at, item limit 1 for update skip locked
            """)
        {
            Parameters =
            {
                new() { Value = kind }, new() { Value = until.ToUniversalTime() }, new() { Value = last.DueAt },
                new() { Value = last.Id },
            },
        };
        await using var row = await session.ExecuteReaderAsync(next, cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1))
            : null;
    }

    private sealed record Item(Guid Id, DateTimeOffset DueAt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Due work {Kind} of {Item} failed, and stays due")]
    private partial void LogFailed(Exception exception, string kind, Guid item);
}

/// <summary>Puts into the index of due work.</summary>
public static class DueItems
{
    /// <summary>
    /// The item falls due at this moment, and at no other of that kind: saved along with the session.
    /// </summary>
    /// <param name="session">Of the transaction that makes it due.</param>
    /// <param name="kind">Kebab-case.</param>
    /// <param name="item">What falls due.</param>
    /// <param name="dueAt">When.</param>
    public static void FallsDue(this IDocumentSession session, string kind, Guid item, DateTimeOffset dueAt) =>
        session.QueueSqlCommand(
            $"""
            insert into {session.DocumentStore.Options.DatabaseSchemaName}.due_work (kind, item, due_at)
            values (?, ?, ?)
            on conflict (kind, item) do update set due_at = excluded.due_at
            """,
            kind, item, dueAt.ToUniversalTime());
}
