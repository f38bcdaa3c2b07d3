using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using CsPlatform.Backbone;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using JasperFx;
using Marten;
using Npgsql;

namespace CsPlatform.Bench.Streams;

/// <summary>
/// One account's row made anew from its whole stream, as the service would, against only reading the stream's rows.
/// </summary>
internal static class RebuildOne
{
    private const int Events = 1000, Repeats = 20;

    public static async Task<Pair> MeasureAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        var options = EventStore.Options("accounts", Accounts.EventModel.Configure, TimeProvider.System);
        options.Connection(system.Database("accounts"));
        options.AutoCreateSchemaObjects = AutoCreate.None;
        using var store = new DocumentStore(options);
        var account = await WriteAsync(store, cancellationToken);
        var database = system.Database("accounts");
        return await Alternation.RunAsync(
            _ => TimeAsync(system, () => ReadRowsAsync(database, account, cancellationToken)),
            _ => TimeAsync(
                system, () => store.Advanced.RebuildSingleStreamAsync<AccountRow>(account, cancellationToken)));
    }

    private static async Task<Guid> WriteAsync(DocumentStore store, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var account = Guid.CreateVersion7(now);
        var events = new List<object> { new AccountRegistered(account, new AccountDetails("A thousand events"), now) };
        for (var i = 1; i < Events; i++)
            events.Add((i % 3) switch
            {
                0 => new CsmAssigned($"csm-{i}", $"csm-{i - 3}", now),
                1 => new HealthBandEntered(Guid.CreateVersion7(now), i % 100, "green", "yellow", "default", 1, now),
                _ => new AccountDetailsCorrected(new AccountDetails($"Name {i}"), [], now),
            });
        await using var session = store.LightweightSession();
        session.Events.StartStream<Account>(account, events);
        await session.SaveChangesAsync(cancellationToken);
        return account;
    }

    private static async Task ReadRowsAsync(
        NpgsqlDataSource database, Guid account, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            "select version, type, data, timestamp from accounts.mt_events where stream_id = $1 order by version");
        select.Parameters.Add(new() { Value = account });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            _ = reader.GetString(2);
    }

    /// <returns>Milliseconds for one, the mean of several in a row.</returns>
    private static async Task<Measured> TimeAsync(BenchSystem system, Func<Task> work)
    {
        var stretch = Stretch.Begin(system);
        for (var i = 0; i < Repeats; i++)
            await work();
        return stretch.End(elapsed => elapsed.TotalMilliseconds / Repeats);
    }
}
