using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>Ends every process of this clone, also those of a run that crashed.</summary>
internal static class DownVerb
{
    public static Verb Definition { get; } = new("down", """
        ./cs down     stop CsPlatform; data, ports and passwords stay

        Leaves no process behind: it also ends what a crashed `up`, demo or test run left. A process is ended only when
        it is for certain the one that was started here. A demo or a test that is running is left alone.
        """, [], [], async (_, _) =>
    {
        await StopEverythingAsync(Console.WriteLine);
        Console.WriteLine("CsPlatform is down.");
        return 0;
    });

    public static async Task StopEverythingAsync(Action<string> report)
    {
        await Supervisor.StopAsync(report);
        foreach (var state in AllStates())
            await new ProcessLedger(state).SweepAsync(report);
    }

    /// <summary>Every state directory of this clone that no running program uses.</summary>
    public static IReadOnlyList<StateDirectory> AllStates()
    {
        var root = new DirectoryInfo(Path.Combine(Clone.Root, ".local"));
        var top = root.Exists ? root.GetDirectories() : [];
        return [.. top
            .Where(d => !RunLock.IsHeld(new StateDirectory(d.FullName)))
            .SelectMany(d => SystemsIn(d).Append(d))
            .Select(d => new StateDirectory(d.FullName))];
    }

    // A test run keeps one state per tested system below its own.
    private static DirectoryInfo[] SystemsIn(DirectoryInfo state)
    {
        var systems = new DirectoryInfo(Path.Combine(state.FullName, "systems"));
        return systems.Exists ? systems.GetDirectories() : [];
    }
}
