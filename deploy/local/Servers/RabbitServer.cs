using System.Diagnostics;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>
/// A RabbitMQ of our own on loopback, with the management plugin, made from the machine's packages: own node, home,
/// cookie and port mapper (epmd), so that nothing of the machine's own RabbitMQ is touched or needed.
/// </summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    public const string Name = "rabbitmq";
    public const string ManagementName = "rabbitmq-management";
    public const string EpmdName = "epmd";
    public const string Admin = "csplatform-admin";

    // Debian's wrapper in /usr/sbin insists on the machine-wide user and home.
    private const string Programs = "/usr/lib/rabbitmq/bin", Program = $"{Programs}/rabbitmq-server";

    private const string CookieKey = "rabbitmq-cookie";

    public static bool IsInstalled => File.Exists(Program);

    private readonly ChildProcess? epmd; // null where nodes of a cluster share one
    private readonly ChildProcess process;
    private readonly StateDirectory state;
    private readonly Dictionary<string, string> environment;

    private RabbitServer(
        ChildProcess? epmd, ChildProcess process, StateDirectory state, Dictionary<string, string> environment,
        Uri amqp, Uri management)
    {
        (this.epmd, this.process, this.state, this.environment) = (epmd, process, state, environment);
        (Amqp, Management) = (amqp, management);
    }

    public Uri Amqp { get; }
    public Uri Management { get; }
    public Task Ended => epmd is null ? process.Ended : Task.WhenAny(process.Ended, epmd.Ended);
    public ChildProcess Process => process;

    /// <param name="state">Of this node alone.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="node">Its place in a cluster, whose port mapper runs; null where it is alone.</param>
    public static async Task<RabbitServer> StartAsync(
        StateDirectory state, CancellationToken cancellationToken, RabbitNode? node = null)
    {
        if (!IsInstalled)
            throw new LocalException(
                "RabbitMQ is not installed. `./cs` installs it, or: apt-get install rabbitmq-server");

        var password = state.Secret(Name);
        var (amqp, management) = (state.Port(Name), state.Port(ManagementName));
        var environment = Configure(state, password, amqp, management, node);
        var epmd = node is null ? StartEpmd(state, environment["ERL_EPMD_PORT"], "127.0.0.1") : null;
        var process = ChildProcess.Start(state, Name, [Program], environment);
        var server = new RabbitServer(epmd, process, state, environment,
            AdminUri("amqp", state, amqp), AdminUri("http", state, management));
        try
        {
            await server.UntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port mapper of one node, or of those that share one.</summary>
    /// <param name="state">Whose process it is.</param>
    /// <param name="port">The same at every address.</param>
    /// <param name="addresses">Where it listens, with commas between.</param>
    public static ChildProcess StartEpmd(StateDirectory state, string port, string addresses) =>
        ChildProcess.Start(
            state, EpmdName, ["epmd", "-port", port, "-address", addresses], new Dictionary<string, string>());

    /// <summary>Gives a node the password and the cookie of its cluster.</summary>
    public static void Share(StateDirectory cluster, StateDirectory node)
    {
        foreach (var name in (string[])[Name, CookieKey])
            node.Remember("secret:" + name, keep: _ => true, make: () => cluster.Secret(name));
    }

    public static Uri AdminUri(string scheme, StateDirectory state, int port) =>
        new($"{scheme}://{Admin}:{state.Secret(Name)}@127.0.0.1:{port}/");

    public async ValueTask DisposeAsync() => await EndAsync(Ending.Stopped);

    public async Task EndAsync(Ending how)
    {
        await process.StopAsync(how == Ending.Stopped ? Native.SigTerm : Native.SigKill, TimeSpan.FromSeconds(30));
        if (epmd is not null)
            await epmd.StopAsync();
    }

    /// <summary>Runs rabbitmqctl on this node; about two seconds.</summary>
    public Task ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync("rabbitmqctl", arguments, cancellationToken);

    /// <summary>Runs one of RabbitMQ's tools on this node.</summary>
    public async Task RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var run = ChildProcess.Start(state, tool, [$"{Programs}/{tool}", .. arguments], environment);
        await run.Ended.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        if (run.ExitCode != 0)
            throw new LocalException($"{tool} {string.Join(' ', arguments)}:\n{run.LastLogLines()}");
    }

    private async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var admin = new BrokerAdmin(Management);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var since = Stopwatch.GetTimestamp();
        while (!await admin.IsReadyAsync(cancellationToken))
        {
            if (process.HasEnded || epmd is { HasEnded: true })
                throw Failure("ended at start");
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(120))
                throw Failure("is not ready after two minutes");
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private LocalException Failure(string what) =>
        new($"RabbitMQ {what}. Its log {process.LogFile} ends:\n{process.LastLogLines()}");

    private static Dictionary<string, string> Configure(
        StateDirectory state, string password, int amqp, int management, RabbitNode? node)
    {
        var home = state.Folder(Name, "home");
        var cookie = Path.Combine(home, ".erlang.cookie");
        if (!File.Exists(cookie))
        {
            File.WriteAllText(cookie, state.Secret(CookieKey));
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        }
        string Write(string name, string content)
        {
            StateDirectory.WritePrivate(state.Path(Name, name), System.Text.Encoding.UTF8.GetBytes(content));
            return state.Path(Name, name);
        }
        Write("rabbitmq.conf", $"""
            listeners.tcp.default = 127.0.0.1:{amqp}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {management}
            default_user = {Admin}
            default_pass = {password}
            default_user_tags.administrator = true
            {ServerLimits.Rabbit}
            {node?.Configuration}
            log.console.level = warning

            """);
        return new()
        {
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["RABBITMQ_NODENAME"] = node?.Name ?? "csplatform@localhost",
            ["RABBITMQ_USE_LONGNAME"] = node is null ? "false" : "true",
            ["RABBITMQ_CONFIG_FILE"] = state.Path(Name, "rabbitmq"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = state.Path(Name, "advanced"),
            ["RABBITMQ_CONF_ENV_FILE"] = Write("rabbitmq-env.conf", ""),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Write("enabled_plugins", "[rabbitmq_management]."),
            ["RABBITMQ_MNESIA_BASE"] = state.Folder(Name, "data"),
            ["RABBITMQ_LOG_BASE"] = state.Folder(Name, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = state.Path(Name, "pid"),
            ["RABBITMQ_DIST_PORT"] = $"{state.Port("rabbitmq-distribution")}",
            ["ERL_EPMD_PORT"] = $"{node?.EpmdPort ?? state.Port(EpmdName)}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = node?.Arguments ?? "-kernel inet_dist_use_interface {127,0,0,1}",
        };
    }
}
