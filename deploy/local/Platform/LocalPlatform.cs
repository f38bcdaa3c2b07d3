using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Platform;

/// <summary>
/// An installation whose services are child processes of this program: what tests and the bench start, kill, pause and
/// replay.
/// </summary>
public sealed partial class LocalPlatform : Installation, IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly StateDirectory state;
    private readonly Action<string> report;
    private readonly ConcurrentDictionary<string, ChildProcess> running = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private LocalPlatform(
        StateDirectory state, ServerConnections servers, PlatformOptions options, Action<string> report)
        : base(state, servers, options) => (this.state, this.report) = (state, report);

    /// <summary>Names of the services that were started and not stopped since, alive or not.</summary>
    public IReadOnlyCollection<string> Started => [.. running.Keys];

    /// <summary>Makes what is missing: databases, roles, virtual host, users, key. Starts nothing yet.</summary>
    public static async Task<LocalPlatform> CreateAsync(
        StateDirectory state, ServerConnections servers, PlatformOptions options, Action<string> report,
        CancellationToken cancellationToken = default)
    {
        var platform = new LocalPlatform(state, servers, options, report);
        await platform.EnsureAsync(cancellationToken);
        return platform;
    }

    /// <summary>Where the services' logs are, one file each.</summary>
    public string LogFolder => state.Folder("logs");

    /// <summary>Migrates and starts these services (all when none is named) and waits until each is healthy.</summary>
    /// <exception cref="LocalException">One ended or did not become healthy; the message ends with its log.</exception>
    public async Task StartAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken = default)
    {
        if (services.Count == 0)
            services = PlatformOptions.AllServices;
        foreach (var service in services)
            _ = state.Port(service); // all ports before the first start: each service is told the others' addresses
        await MigrateAsync(services, cancellationToken);
        foreach (var service in services)
            Launch(service);
        await Task.WhenAll(services.Select(s => UntilHealthyAsync(s, cancellationToken)));
    }

    /// <summary>Brings these services' databases to their schema, as their owners.</summary>
    public Task MigrateAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken = default) =>
        RunAsOwnerAsync("migrate", services, cancellationToken);

    /// <summary>Makes these services' read models anew from their events. The services must be stopped.</summary>
    public Task RebuildAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken = default) =>
        RunAsOwnerAsync("rebuild", services, cancellationToken);

    private Task RunAsOwnerAsync(
        string verb, IReadOnlyCollection<string> services, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            services,
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken },
            async (service, stop) =>
            {
                report($"{service}: {verb}");
                await using var run = ChildProcess.Start(
                    state, $"{service}-{verb}", [Tool.Dotnet, ProgramOf(service), verb], OwnerSettingsOf(service));
                await run.Ended.WaitAsync(StartTimeout, stop);
                if (run.ExitCode != 0)
                    throw Failure(run, $"{service} {verb} failed (exit {run.ExitCode})");
            });

    /// <summary>
    /// Whether the process of a started service has ended by itself or by a signal that we did not send.
    /// </summary>
    public bool HasEnded(string service) => running.TryGetValue(service, out var process) && process.HasEnded;

    /// <summary>Starts a stopped or killed service again, without migration.</summary>
    /// <exception cref="InvalidOperationException">It runs.</exception>
    public async Task RestartAsync(string service, CancellationToken cancellationToken = default)
    {
        Launch(service);
        await UntilHealthyAsync(service, cancellationToken);
    }

    /// <summary>SIGTERM, and SIGKILL when it has not ended within 20 seconds.</summary>
    public Task StopAsync(string service) => EndAsync(service, p => p.StopAsync());

    /// <summary>kill -9.</summary>
    public Task KillAsync(string service) => EndAsync(service, p => p.KillAsync());

    /// <summary>The process of a service that was started and not stopped since.</summary>
    public int ProcessId(string service) => running[service].Pid;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(running.Keys.ToList().Select(StopAsync));
        http.Dispose();
    }

    private void Launch(string service)
    {
        report($"{service}: starting");
        var settings = SettingsOf(ServiceOf(service));
        foreach (var (key, value) in Options.ServiceSettings.GetValueOrDefault(service) ?? NoSettings)
            settings[key] = value;
        settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{state.Port(service)}";
        lock (running) // of two that start it at once one does
        {
            if (running.TryGetValue(service, out var known) && !known.HasEnded)
                throw new InvalidOperationException($"{service} runs already.");
            running[service] = ChildProcess.Start(
                state, service, [Tool.Dotnet, ProgramOf(ServiceOf(service))], settings);
        }
    }

    private async Task UntilHealthyAsync(string service, CancellationToken cancellationToken)
    {
        var (process, health, answer) = (running[service], new Uri(Address(service), "/health"), "no answer");
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            if (process.HasEnded)
                throw Failure(process, $"{service} ended at start (exit code {process.ExitCode})");
            if (Stopwatch.GetElapsedTime(since) is var waited && waited > StartTimeout)
                throw Failure(
                    process, $"{service} is not healthy after {waited.TotalSeconds:0} s; {health} says: {answer}");
            try
            {
                using var response = await http.GetAsync(health, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    report($"{service}: healthy, {Address(service)} ({waited.TotalSeconds:0.0} s)");
                    return;
                }
                answer = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}";
            }
            // bare where a connection ends as it is made
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                answer = e.Message;
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                answer = "no answer in time";
            }
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task EndAsync(string service, Func<ChildProcess, Task> end)
    {
        if (!running.TryRemove(service, out var process))
            return;
        await end(process);
        await process.DisposeAsync();
    }

    private static LocalException Failure(ChildProcess process, string what) =>
        new($"{what}. Its log {process.LogFile} ends:\n{process.LastLogLines()}");

    private string ProgramOf(string service) =>
        Clone.ServiceProgram(service, Options.Build) is var program && File.Exists(program)
        ? program
        : throw new LocalException($"{program} is not built. Build it: dotnet build services -c {Options.Build}");
}
