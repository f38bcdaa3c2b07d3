using System.Diagnostics;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>Starts the supervisor, shows its progress until everything is healthy, and says where things are.</summary>
internal static class UpVerb
{
    private const string Environment = "--environment", Replay = "--replay-clock", Otlp = "--otlp";

    private static string ServiceNames => string.Join(' ', Platform.PlatformOptions.AllServices);

    public static string[] Options { get; } = [Environment, Otlp];
    public static string[] Flags { get; } = [Replay];

    public static Verb Definition { get; } = new("up", $"""
        ./cs up [service…] [options]     start CsPlatform in the background

        PostgreSQL and RabbitMQ run as private instances on loopback, each service as a process of its own. Data, ports,
        passwords and the key that signs tokens are made at the first start and kept in .local/system. A second `up`
        finds what is there. Ctrl-C while it starts stops everything; later `./cs down` does.

        Without services and options, where Aspire's packages restore and a container engine answers, it starts AppHost
        instead: in containers, in the foreground, with the dashboard. CSP_HOST=local keeps to the above, which `token`,
        `amqp`, `status`, `logs` and `down` speak of.

          service…              only these: {ServiceNames} (default: all)
          {Environment} <name>  ASP.NET Core environment (default Development, which has the endpoints under /dev)
          {Replay}        services live in a clock that only PUT /dev/clock moves
          {Otlp} <url>          send traces, metrics and logs there, e.g. http://127.0.0.1:4317
                                (default: OTEL_EXPORTER_OTLP_ENDPOINT of this shell, if set)
        """, Options, Flags, RunAsync);

    public static PlatformOptions PlatformOptions(Arguments arguments) => new()
    {
        Environment = arguments.Value(Environment) ?? "Development",
        ReplayClock = arguments.Has(Replay),
        Settings = arguments.Value(Otlp) is { } endpoint
            ? new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint }
            : new Dictionary<string, string>(),
    };

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words.Except(Platform.PlatformOptions.AllServices).FirstOrDefault() is { } unknown)
            throw new LocalException($"No service is called {unknown}: {ServiceNames}");
        if (Supervisor.IsReady)
            Console.WriteLine("CsPlatform is running already.");
        else if (!await StartAsync(arguments, cancellationToken))
            return cancellationToken.IsCancellationRequested ? 130 : 1;
        await StatusVerb.PrintAsync(Console.Out);
        return 0;
    }

    private static async Task<bool> StartAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var log = Supervisor.State.LogFile("supervisor");
        Task ended;
        ProcessIdentity? launched = null;
        if (Supervisor.Current is { } running)
        {
            Console.WriteLine("CsPlatform is starting already; its progress:");
            ended = UntilEndedAsync(running);
        }
        else
        {
            File.Delete(log);
            var supervisor = Launch(arguments, log);
            launched = ProcessIdentity.Of(supervisor.Id);
            ended = supervisor.WaitForExitAsync(CancellationToken.None);
        }

        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var shown = new LogTail(log);
        while (await poll.WaitForNextTickAsync(CancellationToken.None))
        {
            shown.CopyNewLines(Console.Out);
            if (Supervisor.IsReady)
                return true;
            if (ended.IsCompleted)
            {
                shown.CopyNewLines(Console.Out);
                return false;
            }
            if (cancellationToken.IsCancellationRequested)
            {
                await Supervisor.StopAsync(Console.WriteLine, launched);
                Console.WriteLine("stopped; nothing is left running");
                return false;
            }
        }
        return false;
    }

    // In a session of its own: the terminal's Ctrl-C and its closing do not reach it.
    private static Process Launch(Arguments arguments, string log)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/" };
        string[] options =
            [.. Options.Where(o => arguments.Value(o) is not null).SelectMany(o => new[] { o, arguments.Value(o)! }),
             .. Flags.Where(arguments.Has)];
        foreach (var argument in (string[])["bash", "-c", ChildProcess.IntoLog, "cs", log,
                     "dotnet", Path.Combine(AppContext.BaseDirectory, "CsPlatform.Local.dll"), "supervise",
                     .. arguments.Words, .. options])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new LocalException("Could not start the supervisor.");
    }

    private static async Task UntilEndedAsync(ProcessIdentity process)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (process.IsAlive)
            await poll.WaitForNextTickAsync();
    }
}
