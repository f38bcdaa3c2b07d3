using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Platform;

/// <summary>
/// One CsPlatform on this machine: its databases and roles, its virtual host and users, its signing key, and its
/// services as child processes. Used alike by <c>./cs up</c>, the demo and the tests.
/// </summary>
public sealed partial class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);

    private readonly StateDirectory state;
    private readonly PlatformOptions options;
    private readonly Action<string> report;
    private readonly Databases databases;
    private readonly Broker broker;
    private readonly ConcurrentDictionary<string, ChildProcess> running = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private LocalPlatform(
        StateDirectory state, ServerConnections servers, PlatformOptions options, Action<string> report)
    {
        (this.state, Servers, this.options, this.report) = (state, servers, options, report);
        databases = new(servers.Postgres, options.Suffix, role => state.Secret("postgres:" + role));
        broker = new(servers, options, state.Secret);
        Key = SigningKey.Of(state);
    }

    public ServerConnections Servers { get; }
    public SigningKey Key { get; }

    public string VirtualHost => broker.VirtualHost;
    public Uri AdminAmqp => broker.AdminConnection;

    /// <summary>Names of the services that were started and not stopped since, alive or not.</summary>
    public IReadOnlyCollection<string> Started => [.. running.Keys];

    /// <summary>Makes what is missing: databases, roles, virtual host, users, key. Starts nothing yet.</summary>
    public static async Task<LocalPlatform> CreateAsync(
        StateDirectory state, ServerConnections servers, PlatformOptions options, Action<string> report,
        CancellationToken cancellationToken = default)
    {
        var platform = new LocalPlatform(state, servers, options, report);
        await Task.WhenAll(
            platform.databases.EnsureAsync(PlatformOptions.AllServices, cancellationToken),
            platform.broker.EnsureAsync(cancellationToken));
        return platform;
    }

    /// <summary>Where the services' logs are, one file each.</summary>
    public string LogFolder => state.Folder("logs");

    public Uri Address(string service) => new($"http://127.0.0.1:{state.KnownPort(service) ?? state.Port(service)}");

    public string ConnectionString(string service) => databases.RuntimeConnection(service);

    public string OwnerConnectionString(string service) => databases.OwnerConnection(service);

    /// <summary>As the role that may mask personal data in stored events, and nothing else.</summary>
    public string PrivacyConnectionString(string service) => databases.PrivacyConnection(service);

    /// <summary>amqp URI of an outside publisher or subscriber, or of a service.</summary>
    public Uri Amqp(string user) => broker.Connection(user);

    /// <summary>The broker's name of a publisher or subscriber: what it must put into the property user_id.</summary>
    public string AmqpUser(string user) => broker.User(user);

    public string Token(TokenClaims claims) => Key.Sign(claims);

    /// <summary>A client of one service that carries a token with these claims; no token when null.</summary>
    public HttpClient Client(string service, TokenClaims? claims)
    {
        var client = new HttpClient { BaseAddress = Address(service), Timeout = TimeSpan.FromSeconds(100) };
        if (claims is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(claims));
        return client;
    }

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

    private Task RunAsOwnerAsync(string verb, IReadOnlyCollection<string> services, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            services,
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken },
            async (service, stop) =>
            {
                report($"{service}: {verb}");
                var settings = SettingsOf(service);
                settings[$"ConnectionStrings__{service}-owner"] = databases.OwnerConnection(service);
                await using var run = ChildProcess.Start(
                    state, $"{service}-{verb}", [Dotnet, ProgramOf(service), verb], settings);
                await run.Ended.WaitAsync(StartTimeout, stop);
                if (run.ExitCode != 0)
                    throw Failure(run, $"{service} {verb} failed (exit {run.ExitCode})");
            });

    /// <summary>Whether the process of a started service has ended by itself or by a signal that we did not send.</summary>
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

    /// <summary>Starts again what ends by itself, until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (await poll.WaitForNextTickAsync(cancellationToken))
            foreach (var (service, process) in running.Where(r => r.Value.HasEnded).ToList())
            {
                report($"{service} ended with exit code {process.ExitCode}; starting it again");
                await process.DisposeAsync();
                Launch(service);
            }
    }

    /// <summary>Removes the databases, roles, virtual host and users. Services must be stopped.</summary>
    public Task DropAsync() => Task.WhenAll(databases.DropAsync(PlatformOptions.AllServices), broker.DropAsync());

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(running.Keys.ToList().Select(StopAsync));
        http.Dispose();
    }

    private void Launch(string service)
    {
        report($"{service}: starting");
        var settings = SettingsOf(ServiceOf(service));
        foreach (var (key, value) in options.ServiceSettings.GetValueOrDefault(service) ?? NoSettings)
            settings[key] = value;
        settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{state.Port(service)}";
        lock (running) // of two that start it at once one does
        {
            if (running.TryGetValue(service, out var known) && !known.HasEnded)
                throw new InvalidOperationException($"{service} runs already.");
            running[service] = ChildProcess.Start(state, service, [Dotnet, ProgramOf(ServiceOf(service))], settings);
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
                throw Failure(process, $"{service} is not healthy after {waited.TotalSeconds:0} s; {health} says: {answer}");
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
            catch (Exception e) when (e is HttpRequestException or SocketException) // bare where a connection ends as it is made
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

    private Dictionary<string, string> SettingsOf(string service)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = options.Environment,
            ["DOTNET_ENVIRONMENT"] = options.Environment,
            [$"ConnectionStrings__{service}"] = databases.RuntimeConnection(service),
            ["ConnectionStrings__rabbitmq"] = broker.Connection(service).ToString(),
            ["Auth__Issuer"] = SigningKey.Issuer,
            ["Auth__Audience"] = SigningKey.Audience,
            ["Auth__PublicKey"] = Key.PublicKey,
            ["Clock__Replay"] = options.ReplayClock ? "true" : "false",
        };
        foreach (var other in PlatformOptions.AllServices.Where(s => s != service))
            if (state.KnownPort(other) is { } port)
                settings[$"services__{other}__http__0"] = $"http://127.0.0.1:{port}";
        foreach (var (user, sources) in options.Publishers)
            foreach (var (index, source) in sources.Index())
                settings[$"Publishers__{broker.User(user)}__{index}"] = source;
        var more = options.ServiceSettings.GetValueOrDefault(service) ?? NoSettings;
        foreach (var (key, value) in options.Settings.Concat(more))
            settings[key] = value;
        return settings;
    }

    private static readonly Dictionary<string, string> NoSettings = [];

    private static LocalException Failure(ChildProcess process, string what) =>
        new($"{what}. Its log {process.LogFile} ends:\n{process.LastLogLines()}");

    private static string Dotnet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    private string ProgramOf(string service) =>
        Clone.ServiceProgram(service, options.Build) is var program && File.Exists(program)
        ? program
        : throw new LocalException($"{program} is not built. Build it: dotnet build services -c {options.Build}");
}
