using Microsoft.Extensions.Hosting;

namespace CsPlatform.AppHost;

/// <summary>Keeps what each program prints in a file, for `./cs logs` and for the time after the dashboard.</summary>
internal sealed class LogFiles(HostedSystem system, DistributedApplicationModel model, ResourceLoggerService logs)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(model.Resources.Where(r => r is ExecutableResource or ContainerResource)
            .Select(r => KeepAsync(r, stoppingToken)));

    private async Task KeepAsync(IResource resource, CancellationToken stoppingToken)
    {
        await using var file = new StreamWriter(system.State.LogFile(resource.Name), append: true) { AutoFlush = true };
        await foreach (var lines in logs.WatchAsync(resource).WithCancellation(stoppingToken))
            foreach (var line in lines)
                try
                {
                    await file.WriteLineAsync(line.Content.AsMemory(), stoppingToken);
                }
                catch (IOException e)
                {
                    // Such as of a full disk.
                    Console.Error.WriteLine($"{resource.Name}: a line of its log is lost: {e.Message}");
                }
    }
}
