using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>Back to the state of a fresh clone.</summary>
internal static class ResetVerb
{
    public static Verb Definition { get; } = new("reset", """
        ./cs reset [--yes]     stop CsPlatform and delete its data, passwords and keys

          --yes     do not ask
        """, [], ["--yes"], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (!arguments.Has("--yes"))
        {
            if (Console.IsInputRedirected)
                throw new LocalException("reset deletes all local data. Without a terminal to ask at, it needs --yes.");
            Console.Write("This deletes all local data of CsPlatform in this clone. Go on? [y/N] ");
            if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            {
                Console.WriteLine("Nothing was deleted.");
                return 1;
            }
        }
        await DownVerb.StopEverythingAsync(Console.WriteLine);
        foreach (var state in DownVerb.AllStates())
        {
            Console.WriteLine($"deleting {Path.GetRelativePath(Clone.Root, state.Root)}");
            await ContainerSettings.RemoveVolumesAsync(state);
            state.Delete();
        }
        Console.WriteLine("Done.");
        return 0;
    }
}
