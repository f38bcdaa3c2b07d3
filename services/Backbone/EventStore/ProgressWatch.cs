using System.Diagnostics.Metrics;
using System.Globalization;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Sees stored progress that does not move while events wait, and says so in a sentence and in the gauge
/// <c>csplatform.projection.stalled</c>.
/// </summary>
/// <param name="database">As the runtime role.</param>
/// <param name="schema">Of the event store.</param>
/// <param name="limit">Standing still for so long is worth a word.</param>
/// <param name="clock">Its monotonic clock only.</param>
internal sealed class ProgressWatch(NpgsqlDataSource database, string schema, TimeSpan limit, TimeProvider clock)
{
    private static readonly Meter Meter = new("CsPlatform.ServiceDefaults");

    private readonly Standstills standstills = new(clock);
    private volatile IReadOnlyList<Measurement<double>> stalled = [];

    /// <summary>What stands still, for people; null where nothing does.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Begins to measure; nothing is measured of a replica that has not led yet.</summary>
    public void Publish() => Meter.CreateObservableGauge("csplatform.projection.stalled", () => stalled, "s",
        "Seconds for which the stored progress of a shard has not moved while events wait for it");

    /// <summary>One look at what is stored.</summary>
    /// <param name="shards">Their names.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>For whom events wait, for however short a time.</returns>
    public async Task<IReadOnlyList<Standstill>> Look(IReadOnlyList<string> shards, CancellationToken cancellationToken)
    {
        var found = standstills.Look(await Read(cancellationToken), shards);
        var times = found.ToDictionary(s => s.Shard, s => s.For.TotalSeconds);
        stalled = [.. shards.Prepend(Standstills.Mark).Select(shard => new Measurement<double>(
            times.GetValueOrDefault(shard), KeyValuePair.Create<string, object?>("projection", shard)))];
        var sentences = new List<string>();
        foreach (var one in found.Where(s => s.For >= limit))
            sentences.Add(string.Create(CultureInfo.InvariantCulture,
                $"{one.Shard} has stood at event {one.At} for {one.For.TotalSeconds:0} s, {one.Waiting} wait")
                + (one.Shard == Standstills.Mark ? $"; {await Holder(cancellationToken)}" : ""));
        Complaint = sentences.Count > 0 ? string.Join(". ", sentences) : null;
        return found;
    }

    /// <summary>Another replica leads, and looks.</summary>
    public void Forget() => (Complaint, stalled) = (null, []);

    private async Task<StoredProgress> Read(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select name, last_seq_id from {schema}.mt_event_progression
            union all select '', coalesce(max(seq_id), 0) from {schema}.mt_events
            """);
        var stored = new Dictionary<string, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            stored[reader.GetString(0)] = reader.GetInt64(1);
        return new(stored[""], stored);
    }

    /// <summary>
    /// The mark passes a gap in the events' numbers only when no transaction is open that may still fill it, whoever's
    /// it is. Of other roles' transactions everybody sees whose they are, and not since when they are open.
    /// </summary>
    private async Task<string> Holder(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select 'the oldest open transaction is that of "' || application_name || '", process ' || pid
                   || ', user ' || usename
                   || coalesce(to_char(xact_start at time zone 'UTC', '", since "YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
              from pg_stat_activity where backend_xid is not null and datname = current_database()
             order by age(backend_xid) desc limit 1
            """);
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? "no open transaction is seen";
    }
}
