using System.Diagnostics;
using System.Text;
using CsPlatform.Bench.Running;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Bench.Usage;

/// <summary>
/// The floor under the intake: the rows that a round leaves behind, by binary COPY into copies of the same tables with
/// the same keys and indexes, one transaction for each batch. Nobody parses, looks up or adds up anything.
/// </summary>
internal sealed class CopyBaseline(NpgsqlDataSource database)
{
    private static readonly string[] Tables =
        ["usage_claim", "account_day", "account_day_user", "account_day_feature"];

    private readonly HashSet<(Guid, DateOnly)> days = [];
    private readonly HashSet<(Guid, DateOnly, string)> users = [];
    private readonly HashSet<(Guid, DateOnly, string)> features = [];

    public static async Task<CopyBaseline> CreateAsync(NpgsqlDataSource database)
    {
        await database.ExecuteAsync("drop schema if exists bench cascade; create schema bench");
        foreach (var table in Tables)
            await database.ExecuteAsync($"create table bench.{table} (like engagement.{table} including all)");
        await database.ExecuteAsync("""
            create table bench.usage_event (like engagement.usage_event including all) partition by range (occurred_at)
            """);
        return new CopyBaseline(database);
    }

    /// <returns>Events per second.</returns>
    public async Task<double> RunAsync(UseRound round)
    {
        foreach (var day in round.All.Select(e => e.Day).Distinct())
            await database.ExecuteAsync($"""
                create table if not exists bench.usage_event_{day:yyyyMMdd} partition of bench.usage_event
                for values from ('{day:yyyy-MM-dd}T00:00:00Z') to ('{day.AddDays(1):yyyy-MM-dd}T00:00:00Z')
                """);
        var rows = round.Batches.Select(RowsOf).ToArray();
        await using var connection = await database.OpenConnectionAsync();
        var since = Stopwatch.GetTimestamp();
        foreach (var batch in rows)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await WriteAsync(connection, batch);
            await transaction.CommitAsync();
        }

        return round.Count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, BatchRows batch)
    {
        await CopyAsync(connection, "usage_claim (source_id, id, fingerprint)", batch.Events, (copy, row) =>
        {
            copy.Write(1, NpgsqlDbType.Integer);
            copy.Write(row.Event.Id, NpgsqlDbType.Text);
            copy.Write(row.Fingerprint, NpgsqlDbType.Bytea);
        });
        await CopyAsync(connection, """
            usage_event (account_id, occurred_at, recorded_at, source_id, id, type, subject, user_id, automation,
            minutes, features, data, extensions)
            """, batch.Events, (copy, row) =>
        {
            var e = row.Event;
            copy.Write(e.AccountId, NpgsqlDbType.Uuid);
            copy.Write(e.Time, NpgsqlDbType.TimestampTz);
            copy.Write(e.Time, NpgsqlDbType.TimestampTz);
            copy.Write(1, NpgsqlDbType.Integer);
            copy.Write(e.Id, NpgsqlDbType.Text);
            copy.Write(UseEvent.Type, NpgsqlDbType.Text);
            copy.Write(e.Subject, NpgsqlDbType.Text);
            copy.Write(e.User, NpgsqlDbType.Text);
            copy.Write(false, NpgsqlDbType.Boolean);
            copy.Write((decimal)e.Minutes, NpgsqlDbType.Numeric);
            copy.Write(row.Features, NpgsqlDbType.Array | NpgsqlDbType.Text);
            copy.Write(row.Data, NpgsqlDbType.Jsonb);
            copy.WriteNull();
        });
        await CopyAsync(connection, "account_day_user (account_id, day, user_id)", batch.Users, WriteKey);
        await CopyAsync(
            connection, "account_day (account_id, day, events, active_users, minutes, version)", batch.Days,
            (copy, day) =>
            {
                copy.Write(day.Item1, NpgsqlDbType.Uuid);
                copy.Write(day.Item2, NpgsqlDbType.Date);
                copy.Write(125, NpgsqlDbType.Integer);
                copy.Write(10, NpgsqlDbType.Integer);
                copy.Write(1250m, NpgsqlDbType.Numeric);
                copy.Write(25L, NpgsqlDbType.Bigint);
            });
        await CopyAsync(connection, "account_day_feature (account_id, day, feature)", batch.Features, WriteKey);
    }

    private static async Task CopyAsync<T>(
        NpgsqlConnection connection, string into, IReadOnlyList<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        if (rows.Count == 0)
            return;
        await using var copy = await connection.BeginBinaryImportAsync($"copy bench.{into} from stdin (format binary)");
        foreach (var row in rows)
        {
            copy.StartRow();
            write(copy, row);
        }

        await copy.CompleteAsync();
    }

    private static void WriteKey(NpgsqlBinaryImporter copy, (Guid Account, DateOnly Day, string Name) key)
    {
        copy.Write(key.Account, NpgsqlDbType.Uuid);
        copy.Write(key.Day, NpgsqlDbType.Date);
        copy.Write(key.Name, NpgsqlDbType.Text);
    }

    /// <summary>Roll-up rows belong to the batch that first shows them; sorted as the intake sorts.</summary>
    private BatchRows RowsOf(IReadOnlyList<UseEvent> batch)
    {
        var random = new Random(batch.Count);
        var events = batch.Select(e =>
        {
            var fingerprint = new byte[32];
            random.NextBytes(fingerprint);
            var data = Encoding.UTF8.GetBytes(
                $$"""{"feature":"{{e.Feature}}","minutes":{{e.Minutes}},"user":"{{e.User}}"}""");
            return new EventRow(e, fingerprint, [e.Feature], data);
        }).OrderBy(r => r.Event.Id, StringComparer.Ordinal).ToArray();
        return new BatchRows(
            events,
            [.. batch.Select(e => (e.AccountId, e.Day)).Where(days.Add).Order()],
            [.. batch.Select(e => (e.AccountId, e.Day, e.User)).Where(users.Add).Order()],
            [.. batch.Select(e => (e.AccountId, e.Day, e.Feature)).Where(features.Add).Order()]);
    }

    private sealed record EventRow(UseEvent Event, byte[] Fingerprint, string[] Features, byte[] Data);

    private sealed record BatchRows(
        IReadOnlyList<EventRow> Events, IReadOnlyList<(Guid, DateOnly)> Days,
        IReadOnlyList<(Guid, DateOnly, string)> Users, IReadOnlyList<(Guid, DateOnly, string)> Features);
}
