using System.Diagnostics;
using CsPlatform.Engagement.Intake;
using CsPlatform.Engagement.UsageEvents;
using Npgsql;

namespace CsPlatform.Engagement.Parking;

/// <summary>A parked event as it lies in its row.</summary>
internal sealed record ParkedRow(long ParkedId, byte[] Raw, DateTimeOffset ReceivedAt);

/// <summary>Counts events that waited: their ids are theirs already, only the effect is missing.</summary>
internal sealed class ParkedCountStore(UsageStore store, SourceStore sources, UsageDayStore days, UsageLimits limits)
{
    private const int ChunkRows = 2000;

    /// <summary>
    /// Makes the days that the subject's parked events fall on; before the transaction that counts them.
    /// </summary>
    public async Task EnsureDays(NpgsqlConnection connection, string subject, CancellationToken cancellationToken)
    {
        var parser = new UsageEventParser(limits);
        await using var select = new NpgsqlCommand(
            """
            select parked_id, raw, received_at from engagement.parked_event
            where status = 'parked' and reason = 'unknown-subject' and subject = $1
            """, connection);
        select.Parameters.Add(new() { Value = subject });
        var times = new HashSet<DateTimeOffset>();
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = ReadRow(reader);
                if (parser.Parse(row.Raw).Event is { } e)
                    times.Add((e.Time ?? row.ReceivedAt).UtcDateTime.Date);
            }

        await days.Ensure(connection, times);
    }

    /// <summary>Everything parked for the subject, in the transaction that learns whose it is.</summary>
    public async Task CountParked(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string subject, Guid account,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var rows = new List<ParkedRow>();
            // A row that is locked is being replayed: that replay waits for our lock on the subject, then finds it known.
            await using (var select = new NpgsqlCommand(
                """
                select parked_id, raw, received_at from engagement.parked_event
                where status = 'parked' and reason = 'unknown-subject' and subject = $1
                order by parked_id limit $2
                for update skip locked
                """, connection))
            {
                select.Parameters.Add(new() { Value = subject });
                select.Parameters.Add(new() { Value = ChunkRows });
                await using var reader = await select.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(ReadRow(reader));
            }

            if (rows.Count == 0)
                return;
            await Count(connection, transaction, rows, account);
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
        await store.Count(connection, transaction,
        [
            .. events.Select(i => new CountedUse(
                i.Item.Event!, sources.IdOf(i.Item.Event!.Source), account, i.Item.Event!.Time ?? i.Row.ReceivedAt,
                i.Row.ReceivedAt, Activity.Current?.Id)),
        ]);
        await Close(connection, [.. events.Select(i => i.Row.ParkedId)]);
        foreach (var (row, item) in items.Where(i => i.Item.Event is null))
            await Restate(connection, row.ParkedId, item.Refusal!.Code, item.Refusal.Message);
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

    private static ParkedRow ReadRow(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<DateTimeOffset>(2));
}
