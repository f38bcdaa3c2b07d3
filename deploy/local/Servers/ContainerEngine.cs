using System.Text.Json;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>
/// PostgreSQL and RabbitMQ in containers, for a test run: by Testcontainers, in a program of its own, so that nothing
/// else here needs its libraries.
/// </summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    /// <summary>Label of the containers of a run; its value is the folder of the run's state.</summary>
    public const string OwnerLabel = "csplatform.owner";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly StateDirectory state;
    private readonly ChildProcess process;

    private ContainerEngine(StateDirectory state, ChildProcess process) =>
        (this.state, this.process) = (state, process);

    /// <summary>
    /// Both servers' addresses, as the environment variables that <see cref="ServerConnections"/> reads.
    /// </summary>
    public IReadOnlyDictionary<string, string> Connections { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts both containers and returns when they can be worked with.</summary>
    /// <exception cref="LocalException">
    /// No engine answers, an image is missing, or they did not start: says what to do.
    /// </exception>
    internal static async Task<ContainerEngine> StartAsync(
        StateDirectory state, Action<string> report, CancellationToken cancellationToken)
    {
        var api = await ContainerSettings.VersionOfApiAsync(cancellationToken);
        var (postgres, rabbit) = await ContainerSettings.ImagesAsync(cancellationToken);
        await RemoveLeftoversAsync(state, cancellationToken);

        report($"starting containers of {postgres} and {rabbit}");
        var file = state.Path("containers.json");
        File.Delete(file);
        var program = Path.Combine(
            Clone.Root, "deploy", "containers", "bin", Clone.Configuration, "net10.0", "CsPlatform.Containers.dll");
        var process = ChildProcess.Start(state, "containers", ["dotnet", program, postgres, rabbit, state.Root, file],
            new Dictionary<string, string>
            {
                ["DOCKER_API_VERSION"] = api, // an older engine does not know the version that the library asks for
                ["TESTCONTAINERS_RYUK_DISABLED"] = "true", // what a crash leaves, the next run removes by its label
            });
        var engine = new ContainerEngine(state, process);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartTimeout);
            using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (!File.Exists(file))
            {
                if (process.HasEnded)
                    throw new LocalException($"The containers did not start:\n{process.LastLogLines()}");
                await poll.WaitForNextTickAsync(limit.Token);
            }
            engine.Connections = JsonSerializer.Deserialize<Dictionary<string, string>>(
                await File.ReadAllBytesAsync(file, cancellationToken))!;
            File.Delete(file);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await RemoveLeftoversAsync(state, CancellationToken.None);
    }

    private static async Task RemoveLeftoversAsync(StateDirectory state, CancellationToken cancellationToken)
    {
        var left = await Tool.ReadAsync(
            [ContainerSettings.Docker, "ps", "--all", "--quiet", "--filter", $"label={OwnerLabel}={state.Root}"],
            cancellationToken);
        if (left.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } containers)
            await Tool.RunAsync(
                [ContainerSettings.Docker, "rm", "--force", "--volumes", .. containers], cancellationToken);
    }
}
