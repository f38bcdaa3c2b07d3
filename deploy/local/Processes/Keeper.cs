using System.Diagnostics;

namespace CsPlatform.Local.Processes;

/// <summary>
/// Ends what this program started, should this program end in any way and leave it: kill -9 too. A shell in a session
/// of its own reads a pipe whose other end only this program has: Linux closes it when we are gone, whatever the way,
/// so there is no number to watch that could be given to another process. Then the shell has what the ledgers still
/// name swept away.
/// </summary>
internal static class Keeper
{
    private const string OwnerFile = "owner";

    // Nothing to do after an end in order: then the ledgers are empty, and no program is started.
    private const string Wait = """
        exec >/dev/null 2>&1
        program=$1 owner=$2
        while read -r state; do states+=("$state"); done
        for state in "${states[@]}"; do
          compgen -G "$state/processes/*" && exec dotnet "$program" sweep "$owner" "${states[@]}" </dev/null
        done
        """;

    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Kept = [];
    private static readonly ProcessIdentity Self = ProcessIdentity.Of(Environment.ProcessId)!;
    private static Process? shell;

    /// <summary>To be called before a process is started for this state.</summary>
    public static void Keep(StateDirectory state)
    {
        lock (Gate)
        {
            if (OwnerOf(state) != Self)
                File.WriteAllText(state.Path(OwnerFile), Self.ToString());
            if (!Kept.Add(state.Root))
                return;
            shell ??= Start();
            shell.StandardInput.WriteLine(state.Root);
            shell.StandardInput.Flush();
        }
    }

    /// <summary>
    /// From now on the state is this process's own: the keeper of whoever had it before leaves it alone.
    /// </summary>
    public static void HandOver(StateDirectory state, ProcessIdentity owner) =>
        File.WriteAllText(state.Path(OwnerFile), owner.ToString());

    /// <summary>The program that last started something for this state; null where nothing was.</summary>
    public static ProcessIdentity? OwnerOf(StateDirectory state)
    {
        try
        {
            return ProcessIdentity.Parse(File.ReadAllText(state.Path(OwnerFile)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/", RedirectStandardInput = true };
        foreach (var argument in (string[])["bash", "-c", Wait, "keeper",
                     Path.Combine(AppContext.BaseDirectory, "CsPlatform.Local.dll"), Self.ToString()])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new LocalException("Could not start a shell.");
    }
}
