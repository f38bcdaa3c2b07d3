using System.Text.Json;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Bench.Usage;

/// <summary>The two plain ways to store an event when it comes: a row, or an event of a stream. 64 at a time.</summary>
internal sealed class PeerAppends(BenchSystem system, NpgsqlDataSource database, DocumentStore store) : IDisposable
{
    public const int Connections = 64;

    private readonly Guid[] streams =
        [.. Enumerable.Range(0, Connections).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))];

    public static async Task<PeerAppends> CreateAsync(BenchSystem system)
    {
        var database = system.Database("engagement");
        await database.ExecuteAsync("""
            create schema if not exists bench;
            drop table if exists bench.peer_event;
            create table bench.peer_event (like engagement.usage_event including all);
            drop schema if exists bench_marten cascade
            """);
        var options = new StoreOptions
        {
            DatabaseSchemaName = "bench_marten",
            AutoCreateSchemaObjects = AutoCreate.All,
        };
        options.Connection(database);
        options.UseSystemTextJsonForSerialization();
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        options.Events.AddEventType<UseEvent>();
        var store = new DocumentStore(options);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        return new PeerAppends(system, database, store);
    }

    /// <summary>Each event is one INSERT in a transaction of its own.</summary>
    /// <returns>Events per second.</returns>
    public Task<Measured> InsertAsync(UseRound round) => SideBySideAsync(round, async (_, next) =>
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("""
            insert into bench.peer_event (account_id, occurred_at, recorded_at, source_id, id, type, subject, user_id,
              automation, minutes, features, data)
            values ($1, $2, $2, 1, $3, $4, $5, $6, false, $7, $8, $9)
            """, connection);
        while (next() is { } e)
        {
            insert.Parameters.Clear();
            insert.Parameters.Add(new() { Value = e.AccountId });
            insert.Parameters.Add(new() { Value = e.Time });
            insert.Parameters.Add(new() { Value = e.Id });
            insert.Parameters.Add(new() { Value = UseEvent.Type });
            insert.Parameters.Add(new() { Value = e.Subject });
            insert.Parameters.Add(new() { Value = e.User });
            insert.Parameters.Add(new() { Value = (decimal)e.Minutes });
            insert.Parameters.Add(new() { Value = (string[])[e.Feature] });
            insert.Parameters.Add(new()
            {
                Value = JsonSerializer.Serialize(new { feature = e.Feature, minutes = e.Minutes, user = e.User }),
                NpgsqlDbType = NpgsqlDbType.Jsonb,
            });
            await insert.PrepareAsync();
            await insert.ExecuteNonQueryAsync();
        }
    });

    /// <summary>
    /// Each event is one append in a session of its own; each writer has its stream, so none waits for another.
    /// </summary>
    /// <returns>Events per second.</returns>
    public Task<Measured> AppendAsync(UseRound round) => SideBySideAsync(round, async (writer, next) =>
    {
        while (next() is { } e)
        {
            await using var session = store.LightweightSession();
            session.Events.Append(streams[writer], e);
            await session.SaveChangesAsync();
        }
    });

    public void Dispose() => store.Dispose();

    private async Task<Measured> SideBySideAsync(UseRound round, Func<int, Func<UseEvent?>, Task> write)
    {
        var events = round.All.ToArray();
        var taken = -1;
        var stretch = Stretch.Begin(system);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(writer => Task.Run(() => write(
            writer, () => Interlocked.Increment(ref taken) is var i && i < events.Length ? events[i] : null))));
        return stretch.PerSecond(events.Length);
    }
}
