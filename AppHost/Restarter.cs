using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;

namespace CsPlatform.AppHost;

/// <summary>
/// Starts again what dies, a little later each time that it dies young; what was stopped on purpose stays stopped. DCP
/// itself leaves both as they are. Ends AppHost with the servers that it started.
/// </summary>
internal sealed class Restarter(
    HostedSystem system, ResourceNotificationService resources, ResourceCommandService commands,
    IHostApplicationLifetime host, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan Wait)> lastStart = new();
    private readonly ConcurrentDictionary<string, string> told = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ = system.ServersEnded.ContinueWith(_ =>
        {
            if (stoppingToken.IsCancellationRequested)
                return;
            Console.Error.WriteLine("PostgreSQL or RabbitMQ ended by itself; stopping the rest. See ./cs logs.");
            Environment.ExitCode = 1;
            host.StopApplication();
        }, TaskScheduler.Default);

        await foreach (var change in resources.WatchAsync(stoppingToken))
        {
            if (change.Resource is not ExecutableResource)
                continue;
            Tell(change);
            if (HasDied(change.Snapshot)
                && lastStart.GetOrAdd(change.ResourceId, _ => default) is var last && last.At <= clock.GetUtcNow())
            {
                var wait = clock.GetUtcNow() - last.At < LongestWait + last.Wait
                    ? TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, 2 * last.Wait.Ticks)) : ShortestWait;
                lastStart[change.ResourceId] = (clock.GetUtcNow() + wait, wait);
                _ = StartAgainAsync(change.ResourceId, wait, stoppingToken);
            }
        }
    }

    /// <summary>Ended by a signal that nobody here sent or a fault of its own, or not begun as another failed.</summary>
    private static bool HasDied(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart
        || (KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text)
            && snapshot.ExitCode is not (null or 0 or 143));

    private async Task StartAgainAsync(string resource, TimeSpan wait, CancellationToken stoppingToken)
    {
        try
        {
            for (; ; wait = TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, 2 * wait.Ticks)))
            {
                await Task.Delay(wait, clock, stoppingToken);
                if (!resources.TryGetCurrentState(resource, out var now) || !HasDied(now.Snapshot))
                    return; // somebody was quicker
                Console.WriteLine($"{resource}: died; starting it again");
                var started = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, stoppingToken);
                if (started.Success)
                    return;
                Console.Error.WriteLine($"{resource}: could not be started: {started.Message}");
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // What `./cs up` shows while it waits.
    private void Tell(ResourceEvent change)
    {
        var state = change.Snapshot.HealthStatus is Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            && change.Snapshot.State?.Text == KnownResourceStates.Running && change.Snapshot.HealthReports.Length > 0
                ? "healthy" : $"{change.Snapshot.State?.Text}".ToLowerInvariant();
        if (state.Length > 0 && told.GetValueOrDefault(change.ResourceId) != state)
            Console.WriteLine($"{change.Resource.Name}: {told[change.ResourceId] = state}");
    }
}
