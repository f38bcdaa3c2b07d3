using System.Collections.Concurrent;
using System.Diagnostics;
using CsPlatform.Local;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>Does what whoever runs the platform does: starts a service again that has ended, at once.</summary>
internal sealed class Reviver : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ReliabilitySystem system;
    private readonly Task[] watches;
    private readonly ConcurrentQueue<TimeSpan> downtimes = new();
    private int deaths;

    public Reviver(ReliabilitySystem system)
    {
        this.system = system;
        watches = [.. PlatformOptions.AllServices.Select(WatchAsync)];
    }

    /// <summary>Processes that ended without being asked to.</summary>
    public int Deaths => deaths;

    /// <summary>
    /// From a death to the first healthy answer, of the deaths that no other one followed on the way.
    /// </summary>
    public IReadOnlyCollection<TimeSpan> Downtimes => downtimes;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(watches);
        stop.Dispose();
    }

    private async Task WatchAsync(string service)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var isLast = false; ; await poll.WaitForNextTickAsync())
        {
            if (system.Platform.HasEnded(service))
                await ReviveAsync(service);
            if (isLast)
                return;
            isLast = stop.IsCancellationRequested; // looks once more: nobody does after it
        }
    }

    private async Task ReviveAsync(string service)
    {
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref deaths);
            await system.Platform.KillAsync(service); // nothing of it is left
            try
            {
                await system.Platform.RestartAsync(service);
                downtimes.Enqueue(Stopwatch.GetElapsedTime(since));
                return;
            }
            catch (LocalException) when (system.Platform.HasEnded(service))
            {
                // It died at its start: again.
            }
            catch (InvalidOperationException)
            {
                return; // a test has put it away meanwhile, and starts it itself
            }
        }
    }
}
