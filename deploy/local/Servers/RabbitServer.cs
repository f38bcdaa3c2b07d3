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
    private const string EpmdName = "epmd";
    public const string Admin = "csplatform-admin";

    // Debian's wrapper in /usr/sbin insists on the machine-wide user and home.
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly ChildProcess epmd;
    private readonly ChildProcess process;
    private readonly StateDirectory state;
    private readonly Dictionary<string, string> environment;

    private RabbitServer(
        ChildProcess epmd, ChildProcess process, StateDirectory state, Dictionary<string, string> environment,
        Uri amqp, Uri management)
    {
        (this.epmd, this.process, this.state, this.environment) = (epmd, process, state, environment);
        (Amqp, Management) = (amqp, management);
    }

    public Uri Amqp { get; }
    public Uri Management { get; }
    public Task Ended => Task.WhenAny(process.Ended, epmd.Ended);
    public ChildProcess Process => process;

    public static async Task<RabbitServer> StartAsync(StateDirectory state, CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
            throw new LocalException(
                "RabbitMQ is not installed. `./cs` installs it, or: apt-get install rabbitmq-server");

        var password = state.Secret(Name);
        var (amqp, management) = (state.Port(Name), state.Port(ManagementName));
        var environment = Configure(state, password, amqp, management);
        var epmd = ChildProcess.Start(state, EpmdName,
            ["epmd", "-port", environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"], environment);
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

    public static Uri AdminUri(string scheme, StateDirectory state, int port) =>
        new($"{scheme}://{Admin}:{state.Secret(Name)}@127.0.0.1:{port}/");

    public async ValueTask DisposeAsync() => await EndAsync(Native.SigTerm);

    /// <summary>Its end by a signal: in order (SIGTERM), or a crash (SIGKILL).</summary>
    public async Task EndAsync(int signal)
    {
        await process.StopAsync(signal, TimeSpan.FromSeconds(30));
        await epmd.StopAsync();
    }

    /// <summary>Runs rabbitmqctl on this node; about two seconds.</summary>
    public async Task ControlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var control = ChildProcess.Start(
            state, "rabbitmqctl", ["/usr/lib/rabbitmq/bin/rabbitmqctl", .. arguments], environment);
        await control.Ended.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        if (control.ExitCode != 0)
            throw new LocalException($"rabbitmqctl {string.Join(' ', arguments)}:\n{control.LastLogLines()}");
    }

    private async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var admin = new BrokerAdmin(Management);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var since = Stopwatch.GetTimestamp();
        while (!await admin.IsReadyAsync(cancellationToken))
        {
            if (process.HasEnded || epmd.HasEnded)
                throw Failure("ended at start");
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(120))
                throw Failure("is not ready after two minutes");
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private LocalException Failure(string what) =>
        new($"RabbitMQ {what}. Its log {process.LogFile} ends:\n{process.LastLogLines()}");

    private static Dictionary<string, string> Configure(StateDirectory state, string password, int amqp, int management)
    {
        var home = state.Folder(Name, "home");
        var cookie = Path.Combine(home, ".erlang.cookie");
        if (!File.Exists(cookie))
        {
            File.WriteAllText(cookie, StateDirectory.NewSecret());
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
            log.console.level = warning

            """);
        return new()
        {
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["RABBITMQ_NODENAME"] = "csplatform@localhost",
            ["RABBITMQ_CONFIG_FILE"] = state.Path(Name, "rabbitmq"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = state.Path(Name, "advanced"),
            ["RABBITMQ_CONF_ENV_FILE"] = Write("rabbitmq-env.conf", ""),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Write("enabled_plugins", "[rabbitmq_management]."),
            ["RABBITMQ_MNESIA_BASE"] = state.Folder(Name, "data"),
            ["RABBITMQ_LOG_BASE"] = state.Folder(Name, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = state.Path(Name, "pid"),
            ["RABBITMQ_DIST_PORT"] = $"{state.Port("rabbitmq-distribution")}",
            ["ERL_EPMD_PORT"] = $"{state.Port(EpmdName)}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        };
    }
}
