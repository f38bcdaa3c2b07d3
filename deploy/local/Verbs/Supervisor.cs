using System.Text;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Processes;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>
/// The process that owns everything that <c>./cs up</c> starts, and lives on when <c>up</c> has ended. It says what it
/// does in its log, which <c>up</c> shows, and leaves a file "ready" once every service is healthy.
/// </summary>
internal static class Supervisor
{
    public static Verb Definition { get; } = new("supervise", "", UpVerb.Options, UpVerb.Flags, RunAsync);

    public static StateDirectory State { get; } = new(Path.Combine(Clone.Root, ".local", "system"));

    private static string IdentityFile => State.Path("supervisor");
    private static string ReadyFile => State.Path("ready");

    /// <summary>The running supervisor; null when there is none.</summary>
    public static ProcessIdentity? Current =>
        Written(IdentityFile) is { IsAlive: true } alive ? alive : null;

    public static bool IsReady => Current is { } current && Written(ReadyFile) == current;

    /// <summary>Ends the supervisor, which ends all it started; then whatever a crashed one left behind.</summary>
    /// <param name="launched">One that was started just now and may not have said yet who it is.</param>
    public static async Task StopAsync(Action<string> report, ProcessIdentity? launched = null)
    {
        if ((Current ?? launched) is { IsAlive: true } supervisor)
        {
            report($"stopping (process {supervisor.Pid})");
            await ChildProcess.EndAsync(supervisor, Native.SigTerm, TimeSpan.FromSeconds(90));
        }
        await new ProcessLedger(State).SweepAsync(report);
        File.Delete(IdentityFile);
        File.Delete(ReadyFile);
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var runLock = RunLock.Take(State);
        var self = ProcessIdentity.Of(Environment.ProcessId)!;
        StateDirectory.WritePrivate(IdentityFile, Encoding.ASCII.GetBytes(self.ToString()));
        try
        {
            await using var servers = await PrivateServers.StartAsync(State, runLock, Report, cancellationToken);
            await using var platform = await LocalPlatform.CreateAsync(
                State, servers.Connections, UpVerb.PlatformOptions(arguments), Report, cancellationToken);
            await platform.StartAsync(arguments.Words, cancellationToken);
            StateDirectory.WritePrivate(ReadyFile, Encoding.ASCII.GetBytes(self.ToString()));
            Report("everything is healthy");

            await Task.WhenAny(platform.WatchAsync(cancellationToken), servers.Ended);
            if (!cancellationToken.IsCancellationRequested)
                throw new LocalException("PostgreSQL or RabbitMQ ended by itself; stopping the rest. See ./cs logs.");
            Report("stopping");
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            File.Delete(ReadyFile);
            File.Delete(IdentityFile);
        }
    }

    private static ProcessIdentity? Written(string file) =>
        File.Exists(file) ? ProcessIdentity.Parse(File.ReadAllText(file)) : null;

    private static void Report(string line) => Console.WriteLine(line);
}
