using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Work that one replica at a time does: the one that holds a session-level advisory lock on a connection of its own.
/// No transaction stays open, so nothing pins the vacuum horizon.
/// </summary>
/// <remarks>
/// PostgreSQL frees the lock when its session ends, and that may be before its holder knows. So the holder waits on the
/// connection, which tells it at once, and a new leader waits before it begins. That is time for the old one to end
/// what it has in hand, not a proof that it has: a process that stood still goes on with its next instruction, and a
/// statement that is under way may take longer. What must not happen twice is fenced where it is written (<see
/// cref="ProgressFence"/>), and work that will not end is ended with its process.
/// </remarks>
public static partial class Leadership
{
    /// <summary>
    /// How long what lost the lead may take to end before its process is ended: two must not lead. Longer than a few
    /// commands that wait one after the other for a database which says nothing: where that is cut off, nobody leads.
    /// </summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// From the lock to the work. Paid at each start too, by a lone replica as well: that the lock is free and that no
    /// other session is seen does not tell whether a process that has just lost both still works.
    /// </summary>
    private static readonly TimeSpan HandoverTime = TimeSpan.FromSeconds(2);

    /// <summary>How often a leader shows the server that it lives, and a half-open connection is found.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TryInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Tries for the lock twice a second and leads while it is held; begins anew after any failure, until stopped. A
    /// leader that stands still, or that the database no longer reaches, loses the lock within five seconds.
    /// </summary>
    /// <param name="connectionString">The database whose replicas compete.</param>
    /// <param name="lockKey">Any number, the same in every replica and no other work's.</param>
    /// <param name="name">The connection's application name.</param>
    /// <param name="lead">
    /// The work. Its token ends when the lead is lost; it must have ended what it began when it returns or throws.
    /// </param>
    /// <param name="log">Told of every loss.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public static async Task Hold(
        string connectionString, long lockKey, string name, Func<CancellationToken, Task> lead, ILogger log,
        CancellationToken stoppingToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 3,
            ApplicationName = name,
        };
        using var everySoOften = new PeriodicTimer(TryInterval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(stoppingToken);
                // Each replica asks all the time. One that is paused, or cut off without a word, does not: the server
                // then ends its session and with it the lock, where TCP would keep both for hours.
                await using (var expire = new NpgsqlCommand("set idle_session_timeout = '5s'", connection))
                    await expire.ExecuteNonQueryAsync(stoppingToken);
                await using (var tryLock = new NpgsqlCommand($"select pg_try_advisory_lock({lockKey})", connection))
                    while (!(bool)(await tryLock.ExecuteScalarAsync(stoppingToken))!)
                        await everySoOften.WaitForNextTickAsync(stoppingToken);
                await LeadWhileHeld(connection, lead, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLost(log, e, name);
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
            }
        }
    }

    private static async Task LeadWhileHeld(
        NpgsqlConnection held, Func<CancellationToken, Task> lead, CancellationToken stoppingToken)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var leading = LeadAfterHandover();
        try
        {
            await using var ping = new NpgsqlCommand("select 1", held);
            while (!leading.IsCompleted)
            {
                await held.WaitAsync(PingInterval, stoppingToken); // throws at once when the session ends
                await ping.ExecuteScalarAsync(stoppingToken);
            }
        }
        finally
        {
            await lost.CancelAsync();
            await ((Task)leading.WaitAsync(EndTimeout, CancellationToken.None))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!leading.IsCompleted && !stoppingToken.IsCancellationRequested)
                Environment.FailFast("Work that lost its lead does not end; another replica leads it by now.");
        }

        await leading;

        async Task LeadAfterHandover()
        {
            await Task.Delay(HandoverTime, lost.Token);
            await lead(lost.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: the lead was lost or not reached")]
    private static partial void LogLost(ILogger logger, Exception exception, string name);
}
