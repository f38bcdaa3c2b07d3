using System.Diagnostics;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using Npgsql;

namespace CsPlatform.Engagement.Writing;

/// <summary>A parked event as it lies in its row.</summary>
internal sealed record ParkedRow(long ParkedId, byte[] Raw, DateTimeOffset ReceivedAt);

/// <summary>Counts events that waited: their ids are theirs already, only the effect is missing.</summary>
internal sealed class CountParked(WriteUsage usage, SourceTable sources, DayPartitions days, UsageLimits limits)
{
    private const int ChunkRows = 2000;

    /// <summary>
    /// Everything parked for a subject that is known, a chunk to a transaction, so that no writer waits for a long
    /// backlog. Twice is harmless, and counts what the first time left.
    /// </summary>
    public async Task OfSubject(
        NpgsqlConnection connection, string subject, Guid account, CancellationToken cancellationToken)
    {
        while (await Waiting(connection, subject, cancellationToken) is { Count: > 0 } rows)
        {
            await EnsureDays(connection, rows);
            await using var transaction = await connection.BeginAsync(cancellationToken);
            var locked = await Lock(connection, rows, cancellationToken);
            await Count(connection, transaction, [.. rows.Where(r => locked.Contains(r.ParkedId))], account);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Counts rows that the caller has locked, and closes them. A row that no longer passes the edge says so.
    /// </summary>
    public async Task Count(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<ParkedRow> rows, Guid account)
    {
        var parser = new UsageEventParser(limits);
        var items = rows.Select(r => (Row: r, Item: parser.Parse(r.Raw))).ToArray();
        var events = items.Where(i => i.Item.Event is not null).ToArray();
        await sources.Learn(connection, events.Select(i => i.Item.Event!.Source));
        await days.Ensure(connection, events.Select(i => i.Item.Event!.Time ?? i.Row.ReceivedAt));
        await usage.Count(connection, transaction,
        [
            .. events.Select(i => new CountedUse(
                i.Item.Event!, sources.IdOf(i.Item.Event!.Source), account, i.Item.Event!.Time ?? i.Row.ReceivedAt,
                i.Row.ReceivedAt, Activity.Current?.Id)),
        ]);
        await Close(connection, [.. events.Select(i => i.Row.ParkedId)]);
        foreach (var (row, item) in items.Where(i => i.Item.Event is null))
            await Restate(connection, row.ParkedId, item.Refusal!.Code, item.Refusal.Message);
    }

    private static async Task<List<ParkedRow>> Waiting(
        NpgsqlConnection connection, string subject, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(
            """
            select parked_id, raw, received_at from engagement.parked_event
            where status = 'parked' and reason = 'unknown-subject' and subject = $1
            order by parked_id limit $2
            """, connection);
        select.Parameters.Add(new() { Value = subject });
        select.Parameters.Add(new() { Value = ChunkRows });
        var rows = new List<ParkedRow>();
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new ParkedRow(
                reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return rows;
    }

    private Task EnsureDays(NpgsqlConnection connection, IEnumerable<ParkedRow> rows)
    {
        var parser = new UsageEventParser(limits);
        return days.Ensure(
            connection,
            rows.Select(r => (r.ReceivedAt, parser.Parse(r.Raw).Event))
                .Where(r => r.Event is not null)
                .Select(r => r.Event!.Time ?? r.ReceivedAt));
    }

    /// <summary>
    /// Those that still wait. A row that a replay holds is waited for, not passed over: the replay may yet fail, and
    /// nobody else would come back for the row.
    /// </summary>
    private static async Task<HashSet<long>> Lock(
        NpgsqlConnection connection, IReadOnlyList<ParkedRow> rows, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(
            """
            select parked_id from engagement.parked_event
            where parked_id = any($1) and status = 'parked' and reason = 'unknown-subject'
            order by parked_id for update
            """, connection);
        select.Parameters.Add(new() { Value = rows.Select(r => r.ParkedId).ToArray() });
        var locked = new HashSet<long>();
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Add(reader.GetInt64(0));
        return locked;
    }

    private static async Task Close(NpgsqlConnection connection, long[] parkedIds)
    {
        await using var update = new NpgsqlCommand(
            "update engagement.parked_event set status = 'counted', resolved_at = now() where parked_id = any($1)",
            connection);
        update.Parameters.Add(new() { Value = parkedIds });
        await update.ExecuteNonQueryAsync();
    }

    /// <summary>It stays parked, for a reason known better now.</summary>
    public static async Task Restate(NpgsqlConnection connection, long parkedId, string reason, string detail)
    {
        await using var update = new NpgsqlCommand(
            "update engagement.parked_event set reason = $2, detail = $3, replays = replays + 1 where parked_id = $1",
            connection);
        update.Parameters.Add(new() { Value = parkedId });
        update.Parameters.Add(new() { Value = reason });
        update.Parameters.Add(new() { Value = detail });
        await update.ExecuteNonQueryAsync();
    }
}
