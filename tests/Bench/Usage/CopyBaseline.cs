using System.Text;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Bench.Usage;

/// <summary>
/// The floor under the intake: the rows that a round leaves behind, by binary COPY into copies of the same tables with
/// the same keys and indexes, one transaction for each batch. Nobody parses, looks up or adds up anything.
/// </summary>
internal sealed class CopyBaseline : IAsyncDisposable
{
    private static readonly string[] Tables =
        ["usage_claim", "account_day", "account_day_user", "account_day_feature"];

    private readonly BenchSystem system;
    private readonly NpgsqlConnection connection;
    private readonly HashSet<(Guid, DateOnly)> days = [];
    private readonly HashSet<(Guid, DateOnly, string)> users = [];
    private readonly HashSet<(Guid, DateOnly, string)> features = [];

    private CopyBaseline(BenchSystem system, NpgsqlConnection connection) =>
        (this.system, this.connection) = (system, connection);

    public static async Task<CopyBaseline> CreateAsync(BenchSystem system)
    {
        // One connection for all rounds: of a pool that others share, each round might get one that is still cold.
        var connection = await system.Database("engagement").OpenConnectionAsync();
        var baseline = new CopyBaseline(system, connection);
        await baseline.ExecuteAsync("drop schema if exists bench cascade; create schema bench");
        foreach (var table in Tables)
            await baseline.ExecuteAsync($"create table bench.{table} (like engagement.{table} including all)");
        await baseline.ExecuteAsync("""
            create table bench.usage_event (like engagement.usage_event including all) partition by range (occurred_at)
            """);
        return baseline;
    }

    /// <returns>Events per second.</returns>
    public async Task<Measured> RunAsync(UseRound round)
    {
        foreach (var day in round.All.Select(e => e.Day).Distinct())
            await ExecuteAsync($"""
                create table if not exists bench.usage_event_{day:yyyyMMdd} partition of bench.usage_event
                for values from ('{day:yyyy-MM-dd}T00:00:00Z') to ('{day.AddDays(1):yyyy-MM-dd}T00:00:00Z')
                """);
        var rows = round.Batches.Select(RowsOf).ToArray();
        var stretch = Stretch.Begin(system);
        foreach (var batch in rows)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await WriteAsync(batch);
            await transaction.CommitAsync();
        }

        return stretch.PerSecond(round.Count);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task WriteAsync(BatchRows batch)
    {
        await CopyAsync("usage_claim (source_id, id, fingerprint)", batch.Events, (copy, row) =>
        {
            copy.Write(1, NpgsqlDbType.Integer);
            copy.Write(row.Event.Id, NpgsqlDbType.Text);
            copy.Write(row.Fingerprint, NpgsqlDbType.Bytea);
        });
        await CopyAsync("""
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
        await CopyAsync("account_day_user (account_id, day, user_id)", batch.Users, WriteKey);
        await CopyAsync(
            "account_day (account_id, day, events, active_users, minutes, version)", batch.Days,
            (copy, day) =>
            {
                copy.Write(day.Item1, NpgsqlDbType.Uuid);
                copy.Write(day.Item2, NpgsqlDbType.Date);
                copy.Write(125, NpgsqlDbType.Integer);
                copy.Write(10, NpgsqlDbType.Integer);
                copy.Write(1250m, NpgsqlDbType.Numeric);
                copy.Write(25L, NpgsqlDbType.Bigint);
            });
        await CopyAsync("account_day_feature (account_id, day, feature)", batch.Features, WriteKey);
    }

    private async Task CopyAsync<T>(
        string into, IReadOnlyList<T> rows, Action<NpgsqlBinaryImporter, T> write)
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
