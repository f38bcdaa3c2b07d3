using System.Diagnostics;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Platform;

/// <summary>
/// The AppHost of one state directory, as a process in the background: found, started, asked and ended, and whatever a
/// killed one left behind.
/// </summary>
public sealed class HostProcess(StateDirectory state)
{
    /// <summary>Where servers come from, as AppHost's argument <c>Servers</c>: anything else is a file.</summary>
    public const string Private = "private", Containers = "containers";

    /// <summary>In the environment of all that AppHost starts: the state directory, by which they are found.</summary>
    internal const string Mark = "CSP_SYSTEM";

    internal const string DashboardPort = "dashboard";

    private const string Name = "apphost";

    // Migrations and five services on a busy machine; DCP gives up on a resource sooner.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5), FoundTimeout = TimeSpan.FromSeconds(60),
        StopTimeout = TimeSpan.FromSeconds(60),
        DashboardTimeout = TimeSpan.FromSeconds(45);

    internal static string DefaultState => Path.Combine(Clone.Root, ".local", "system");

    /// <summary>What this machine has for servers.</summary>
    /// <exception cref="LocalException">Nothing.</exception>
    internal static string ServersHere() =>
        PostgresServer.IsInstalled && RabbitServer.IsInstalled ? Private
        : ContainerSettings.EngineAnswers() ? Containers
        : throw new LocalException("""
            No PostgreSQL and RabbitMQ are to be had here. One of these helps:
              ./cs up                                             installs both and starts CsPlatform on them
              apt-get install postgresql rabbitmq-server          as root; then run this again
              a container engine that answers             on Debian: apt-get install docker.io, then start dockerd
              -- --Servers=<file>                                 names servers that are there already; --help says more
            """);

    /// <summary>
    /// Where the servers came from that have the data of this state directory; null before the first start.
    /// </summary>
    internal static string? LastServers(StateDirectory state) => state.Recall("servers");

    internal static void RememberServers(StateDirectory state, string servers) =>
        state.Remember("servers", keep: known => known == servers, make: () => servers);

    /// <summary>The dashboard's address.</summary>
    public static string Dashboard(StateDirectory state) => $"http://127.0.0.1:{state.KnownPort(DashboardPort)}";

    /// <summary>The link that opens the dashboard: with the token that it asks for.</summary>
    public static string DashboardLink(StateDirectory state) =>
        $"{Dashboard(state)}/login?t={state.Secret(DashboardPort)}";

    /// <summary>Removes what the servers of a state directory stored. Nothing may run in it.</summary>
    public static void DeleteData(StateDirectory state)
    {
        using var runLock = RunLock.Take(state);
        Servers.PrivateServers.DeleteData(state);
    }

    /// <summary>Called by AppHost itself, so that it is found however it was started.</summary>
    internal static void OfThis(StateDirectory state) =>
        new ProcessLedger(state).Add(Name, ProcessIdentity.Of(Environment.ProcessId)!);

    /// <summary>Called by AppHost itself at its end.</summary>
    internal static void Forget(StateDirectory state) => new ProcessLedger(state).Remove(Name);

    /// <summary>The running AppHost; null when there is none.</summary>
    internal ProcessIdentity? Current => new ProcessLedger(state).Entries()
        .Where(e => e.Name == Name && e.Process.IsAlive).Select(e => e.Process).FirstOrDefault();

    /// <summary>Whether AppHost, its dashboard and every service answer as they should.</summary>
    public async Task<bool> IsHealthyAsync() =>
        Current is not null && await DashboardAnswersAsync() && (await HealthAsync()).Values.All(h => h == "healthy");

    /// <summary>Every service's answer to <c>/health</c>: healthy, ill or dead.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HealthAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var asked = PlatformOptions.AllServices.Where(s => state.KnownPort(s) is not null).Select(async service =>
            (service, await HealthAsync(http, new($"http://127.0.0.1:{state.KnownPort(service)}/health"))));
        return (await Task.WhenAll(asked)).ToDictionary(a => a.service, a => a.Item2);
    }

    public async Task<bool> DashboardAnswersAsync()
    {
        if (state.KnownPort(DashboardPort) is null)
            return false;
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(5),
        };
        try
        {
            using var answer = await http.GetAsync(Dashboard(state));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Starts AppHost in a session of its own and returns when everything is healthy. What an earlier one left is ended
    /// first, and one whose dashboard or DCP is gone: it never mends.
    /// </summary>
    /// <param name="servers">AppHost's argument; null for what the machine has.</param>
    /// <exception cref="LocalException">It ended, or is not healthy in time; the message ends with its log.</exception>
    public async Task StartAsync(string? servers, Action<string> report, CancellationToken cancellationToken)
    {
        var (log, timeout) = (state.LogFile(Name), FoundTimeout);
        if (!await HasDashboardAsync(cancellationToken))
        {
            if (Current is { } broken) // without its DCP it waits in vain
                _ = Native.Kill(broken.Pid, Native.SigKill);
            await StopAsync(report);
            timeout = StartTimeout;
            StateDirectory.WritePrivate(log, []);
            var program = Path.Combine(
                Clone.Root, "AppHost", "bin", Clone.Configuration, "net10.0", "CsPlatform.AppHost.dll");
            string[] arguments = servers is null ? [] : [$"--Servers={servers}"];
            ChildProcess.Start(
                state, Name, [Tool.Dotnet, program, $"--State={state.Root}", .. arguments],
                new Dictionary<string, string>(), outlivesUs: true);
        }
        try
        {
            await UntilHealthyAsync(new LogTail(log), timeout, report, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(report);
            throw;
        }
    }

    /// <summary>
    /// Ends AppHost, which ends all that it started, and waits for that; then whatever is left of it.
    /// </summary>
    public async Task StopAsync(Action<string> report)
    {
        if (Current is { } host)
        {
            report($"stopping (process {host.Pid})");
            _ = Native.Kill(host.Pid, Native.SigTerm);
        }
        // DCP outlives AppHost while it stops what it started, and is alone with that where AppHost was killed.
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var since = Stopwatch.GetTimestamp();
        for (; Current is not null || Marked().Count > 0; await poll.WaitForNextTickAsync())
            if (Stopwatch.GetElapsedTime(since) > StopTimeout)
                foreach (var left in Marked().Concat(Current is { } deaf ? [deaf] : []))
                    _ = Native.Kill(left.Pid, Native.SigKill);
        await new ProcessLedger(state).SweepAsync(report);
    }

    /// <summary>Whether AppHost runs with its dashboard; of one that began a moment ago it may still come.</summary>
    private async Task<bool> HasDashboardAsync(CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (; Current is { } host; await poll.WaitForNextTickAsync(cancellationToken))
            if (await DashboardAnswersAsync() || host.Age > DashboardTimeout)
                return await DashboardAnswersAsync();
        return false;
    }

    private async Task UntilHealthyAsync(
        LogTail progress, TimeSpan timeout, Action<string> report, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            progress.ForNewLines(report);
            if (Current is null)
            {
                await StopAsync(_ => { });
                throw new LocalException($"AppHost ended. Its log {state.LogFile(Name)} says why.");
            }
            if (await IsHealthyAsync())
                return;
            if (Stopwatch.GetElapsedTime(since) > timeout)
            {
                var ill = (await HealthAsync()).Where(h => h.Value != "healthy").Select(h => $"{h.Key} is {h.Value}");
                throw new LocalException($"""
                    Not healthy after {timeout.TotalSeconds} s: {string.Join(", ", ill)}.
                    One that was stopped in the dashboard is started there; `./cs down` and `./cs up` start all anew.
                    `./cs logs` says more.
                    """);
            }
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task<string> HealthAsync(HttpClient http, Uri health)
    {
        try
        {
            using var response = await http.GetAsync(health);
            return response.IsSuccessStatusCode ? "healthy" : $"ill ({(int)response.StatusCode})";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return "dead";
        }
    }

    private IReadOnlyList<ProcessIdentity> Marked() => ProcessIdentity.WithEnvironment(Mark, state.Root);
}
