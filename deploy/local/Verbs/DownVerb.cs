using CsPlatform.Local.Platform;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>Ends every process of this clone, also those of a run that crashed.</summary>
internal static class DownVerb
{
    public static Verb Definition { get; } = new("down", """
        ./cs down     stop CsPlatform, and what the demo left running; data, ports and passwords stay

        Leaves no process behind: it also ends what a crashed `up`, demo or test run left. A process is ended only when
        it is for certain the one that was started here. A test run that goes on is left alone.
        """, [], [], async (_, _) =>
    {
        await StopEverythingAsync(Console.WriteLine);
        Console.WriteLine("CsPlatform is down.");
        return 0;
    });

    public static async Task StopEverythingAsync(Action<string> report)
    {
        foreach (var system in Systems())
            await new HostProcess(system).StopAsync(report);
        foreach (var state in AllStates())
            await new ProcessLedger(state).SweepAsync(report);
    }

    /// <summary>
    /// The state directories that an AppHost runs in or may have been killed in: of `up` and of the demo.
    /// </summary>
    public static IReadOnlyList<StateDirectory> Systems() =>
        [.. Top().Where(d => d.Name is "system" or "demo").Select(d => new StateDirectory(d.FullName))];

    /// <summary>Every state directory of this clone that no running program uses.</summary>
    public static IReadOnlyList<StateDirectory> AllStates() =>
        [.. Top()
            .Where(d => !RunLock.IsHeld(new StateDirectory(d.FullName)))
            .SelectMany(d => SystemsIn(d).Append(d))
            .Select(d => new StateDirectory(d.FullName))
            .Where(s => Keeper.OwnerOf(s) is not { IsAlive: true })]; // such as a test program that was started by hand

    private static DirectoryInfo[] Top() =>
        new DirectoryInfo(Path.Combine(Clone.Root, ".local")) is { Exists: true } root ? root.GetDirectories() : [];

    // A test run keeps one state per tested system below its own.
    private static DirectoryInfo[] SystemsIn(DirectoryInfo state)
    {
        var systems = new DirectoryInfo(Path.Combine(state.FullName, "systems"));
        return systems.Exists ? systems.GetDirectories() : [];
    }
}
