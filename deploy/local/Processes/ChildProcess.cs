using System.Diagnostics;

namespace CsPlatform.Local.Processes;

/// <summary>
/// One process that we own. It leads a session of its own, so that Ctrl-C at the terminal reaches only us and we end
/// things in order; it writes to its log file itself, so that our end is not its end. The ledger knows it before it
/// begins, so that after a crash of ours the <see cref="Keeper"/>, or the next run, ends it.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // bash, not sh: dash drops variables such as ConnectionStrings__accounts-owner from the environment.
    internal const string IntoLog = """log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null""";

    // It begins when it is told to, which is when it stands in the ledger; not at all when we die before that.
    internal const string Script = "read -r || exit 1; " + IntoLog;

    private readonly Process process;
    private readonly ProcessIdentity identity;
    private readonly ProcessLedger ledger;

    private ChildProcess(string name, string logFile, Process process, ProcessIdentity identity, ProcessLedger ledger)
    {
        (Name, LogFile, this.process, this.identity, this.ledger) = (name, logFile, process, identity, ledger);
        ledger.Add(name, identity);
    }

    public string Name { get; }
    public string LogFile { get; }
    public int Pid => identity.Pid;
    public bool HasEnded => process.HasExited;
    public Task Ended => process.WaitForExitAsync();
    public int ExitCode => process.ExitCode;

    public static ChildProcess Start(
        StateDirectory state, string name, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment,
        bool outlivesUs = false)
    {
        if (!outlivesUs)
            Keeper.Keep(state);
        var log = state.LogFile(name);
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/", RedirectStandardInput = true };
        foreach (var argument in (string[])["bash", "-c", Script, name, log, .. command])
            start.ArgumentList.Add(argument);
        ClearOwnSettings(start.Environment);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;

        var process = Process.Start(start) ?? throw new LocalException($"Could not start {name}.");
        var identity = ProcessIdentity.Of(process.Id) ?? throw new LocalException($"{name} ended before it began.");
        if (outlivesUs)
            Keeper.HandOver(state, identity);
        var child = new ChildProcess(name, log, process, identity, new ProcessLedger(state));
        process.StandardInput.WriteLine();
        process.StandardInput.Close();
        return child;
    }

    /// <summary>Asks it to end; after the time limit kills it. Nothing of its session is left.</summary>
    public async Task StopAsync(int signal = Native.SigTerm, TimeSpan? timeout = null)
    {
        await EndAsync(identity, signal, timeout ?? TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync();
        ledger.Remove(Name);
    }

    /// <summary>Sends a signal that does not end it, such as SIGSTOP.</summary>
    public void Signal(int signal)
    {
        if (identity.IsAlive)
            _ = Native.Kill(identity.Pid, signal);
    }

    public Task KillAsync() => StopAsync(Native.SigKill);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    public string LastLogLines(int count = 20) => File.Exists(LogFile)
        ? string.Join('\n', File.ReadLines(LogFile).TakeLast(count).Select(line => "    " + line))
        : "    (no log)";

    internal static async Task EndAsync(ProcessIdentity process, int signal, TimeSpan timeout)
    {
        if (process.IsAlive)
            _ = Native.Kill(process.Pid, signal);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var since = Stopwatch.GetTimestamp();
        while (process.IsAlive && Stopwatch.GetElapsedTime(since) < timeout)
            await poll.WaitForNextTickAsync();
        while (process.Session() is { Count: > 0 } members)
        {
            foreach (var member in members)
                _ = Native.Kill(member.Pid, Native.SigKill);
            await poll.WaitForNextTickAsync();
        }
    }

    // What configures this program, or the one that called it, must not leak into the processes it starts.
    private static void ClearOwnSettings(IDictionary<string, string?> environment)
    {
        string[] own =
            ["ConnectionStrings__", "services__", "Auth__", "Clock__", "Publishers__", "ASPNETCORE_", "CSP_TEST_"];
        foreach (var key in environment.Keys.ToList())
            if (own.Any(o => key.StartsWith(o, StringComparison.OrdinalIgnoreCase)))
                environment.Remove(key);
    }
}
