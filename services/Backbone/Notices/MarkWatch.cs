using System.Diagnostics;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Waits for marks that writers set in their transactions, and has them told: at once where there are few, in greater
/// crowds the longer telling them takes.
/// </summary>
public static class MarkWatch
{
    /// <summary>Tells what is marked, again and again.</summary>
    /// <param name="connectionString">Of the service's database.</param>
    /// <param name="name">Of the connection that listens.</param>
    /// <param name="channel">Notified by whoever marks.</param>
    /// <param name="tell">Tells all that is marked.</param>
    /// <param name="gather">How long marks gather at least, and at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task Run(
        string connectionString, string name, string channel, Func<CancellationToken, Task> tell,
        (TimeSpan Min, TimeSpan Max) gather, CancellationToken cancellationToken)
    {
        // Not a pooled one: it would go on listening for whoever gets it next.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ApplicationName = name,
        }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"listen {channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        await using var ping = new NpgsqlCommand("select 1", connection);
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            await tell(cancellationToken);
            var telling = Stopwatch.GetElapsedTime(since);
            // Wakes with the next commit that marks; the time-out is a safety net and finds a lost connection.
            if (await connection.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken))
                // The more there was to tell, the longer marks gather: under a backfill each is told far less often.
                await Task.Delay(
                    telling < gather.Min ? gather.Min : telling > gather.Max ? gather.Max : telling, cancellationToken);
            else
                await ping.ExecuteScalarAsync(cancellationToken);
        }
    }

    /// <summary>The trace of the write that set the first mark goes on; those of other writes are linked.</summary>
    /// <param name="source">Whose activity it is.</param>
    /// <param name="name">Of the activity.</param>
    /// <param name="traceparents">W3C trace contexts of the writes, the first mark's first.</param>
    public static Activity? Continue(ActivitySource source, string name, IReadOnlyCollection<string?> traceparents)
    {
        ActivityContext.TryParse(traceparents.FirstOrDefault(), null, isRemote: true, out var parent);
        return source.StartActivity(
            name, ActivityKind.Internal, parent,
            links: Links(traceparents).Where(l => l.Context.TraceId != parent.TraceId));
    }

    /// <summary>Links to the traces of writes, each once; a few stand for many.</summary>
    /// <param name="traceparents">W3C trace contexts; what is none is left out.</param>
    public static IEnumerable<ActivityLink> Links(IEnumerable<string?> traceparents) => traceparents
        .Select(t => ActivityContext.TryParse(t, null, isRemote: true, out var context) ? context : default)
        .Where(c => c != default).Distinct().Take(32)
        .Select(c => new ActivityLink(c));
}
