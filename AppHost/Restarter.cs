using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
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

    private readonly ConcurrentDictionary<string, CustomResourceSnapshot> programs = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowAsync(stoppingToken), StartAgainAsync(stoppingToken), EndWithServersAsync(stoppingToken));

    /// <summary>Keeps what each program is doing, and tells it: `./cs up` shows that while it waits.</summary>
    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var told = new Dictionary<string, string>();
        await foreach (var change in resources.WatchAsync(stoppingToken))
        {
            if (change.Resource is not ExecutableResource)
                continue;
            programs[change.ResourceId] = change.Snapshot;
            var state = IsHealthy(change.Snapshot) ? "healthy" : $"{change.Snapshot.State?.Text}".ToLowerInvariant();
            if (state.Length > 0 && told.GetValueOrDefault(change.ResourceId) != state)
                Console.WriteLine($"{change.Resource.Name}: {told[change.ResourceId] = state}");
        }
    }

    private async Task StartAgainAsync(CancellationToken stoppingToken)
    {
        var starts = new Dictionary<string, (DateTimeOffset At, TimeSpan Wait)>();
        using var everySecond = new PeriodicTimer(ShortestWait, clock);
        while (await everySecond.WaitForNextTickAsync(stoppingToken))
            foreach (var (resource, _) in programs.Where(p => HasDied(p.Value)))
            {
                var (now, last) = (clock.GetUtcNow(), starts.GetValueOrDefault(resource));
                if (now < last.At + last.Wait)
                    continue;
                var isYoung = now < last.At + last.Wait + LongestWait;
                starts[resource] = (now, isYoung
                    ? TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, 2 * last.Wait.Ticks)) : ShortestWait);
                Console.WriteLine($"{resource}: died; starting it again");
                var start = await commands.ExecuteCommandAsync(
                    resource, KnownResourceCommands.StartCommand, stoppingToken);
                if (!start.Success)
                    Console.Error.WriteLine($"{resource}: could not be started: {start.Message}");
            }
    }

    private async Task EndWithServersAsync(CancellationToken stoppingToken)
    {
        await system.ServersEnded.WaitAsync(stoppingToken);
        Console.Error.WriteLine("PostgreSQL or RabbitMQ ended by itself; stopping the rest. See ./cs logs.");
        Environment.ExitCode = 1;
        host.StopApplication();
    }

    private static bool IsHealthy(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running
        && snapshot is { HealthReports.Length: > 0, HealthStatus: HealthStatus.Healthy };

    /// <summary>
    /// Ended by a signal that nobody here sent or a fault of its own, or not begun as another failed.
    /// </summary>
    private static bool HasDied(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart
        || (KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text)
            && snapshot.ExitCode is not (null or 0 or 143));
}
