using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Work that one replica at a time does: the one that holds a session-level advisory lock on a connection of its own. No
/// transaction stays open, so nothing pins the vacuum horizon.
/// </summary>
public static partial class Leadership
{
    /// <summary>
    /// Tries for the lock every second and leads while it is held; begins anew after any failure, until stopped.
    /// </summary>
    /// <param name="connectionString">The database whose replicas compete.</param>
    /// <param name="lockKey">Any number, the same in every replica and no other work's.</param>
    /// <param name="name">The connection's application name.</param>
    /// <param name="lead">
    /// The work. It is given the connection that holds the lock, must use it at least every few seconds to notice its loss,
    /// and must have ended what it began when it returns or throws.
    /// </param>
    /// <param name="log">Told of every loss.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public static async Task Hold(
        string connectionString, long lockKey, string name, Func<NpgsqlConnection, CancellationToken, Task> lead, ILogger log,
        CancellationToken stoppingToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            KeepAlive = 5,
            TcpKeepAlive = true,
            CommandTimeout = 3,
            ApplicationName = name,
        };
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(stoppingToken);
                await using (var tryLock = new NpgsqlCommand($"select pg_try_advisory_lock({lockKey})", connection))
                    while (!(bool)(await tryLock.ExecuteScalarAsync(stoppingToken))!)
                        await everySecond.WaitForNextTickAsync(stoppingToken);
                await lead(connection, stoppingToken);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: the lead was lost or not reached")]
    private static partial void LogLost(ILogger logger, Exception exception, string name);
}
