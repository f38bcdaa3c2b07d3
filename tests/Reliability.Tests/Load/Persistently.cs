using System.Diagnostics;

namespace CsPlatform.Reliability.Tests.Load;

/// <summary>
/// Tries as a real client does: again after every failure, with a pause that grows, until it succeeds. What is done
/// this way must take effect once however often it is done.
/// </summary>
internal static class Persistently
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromSeconds(1);

    /// <exception cref="TimeoutException">No success within the limit, two minutes unless given.</exception>
    public static async Task DoAsync(Func<Task<bool>> attempt, TimeSpan? limit = null)
    {
        if (!await TryAsync(attempt, limit ?? TimeSpan.FromMinutes(2)))
            throw new TimeoutException("No success in time, however often it was tried.");
    }

    /// <returns>False when there was no success within the limit.</returns>
    public static async Task<bool> TryAsync(Func<Task<bool>> attempt, TimeSpan limit)
    {
        var since = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; Stopwatch.GetElapsedTime(since) < limit; pause = Longer(pause))
        {
            try
            {
                if (await attempt())
                    return true;
            }
            catch (Exception e) when (IsPassing(e))
            {
                // The other side died, or is not up yet: the next try finds out what became of this one.
            }
            await Task.Delay(pause);
        }
        return false;
    }

    /// <summary>A broken or refused connection, or no answer in time; anything else is a fault of the test.</summary>
    public static bool IsPassing(Exception exception) => exception
        is HttpRequestException or IOException or OperationCanceledException or TimeoutException
        or System.Net.Sockets.SocketException or Npgsql.NpgsqlException
        or RabbitMQ.Client.Exceptions.RabbitMQClientException;

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
}
