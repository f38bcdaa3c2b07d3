using System.Diagnostics;

namespace CsPlatform.Backbone;

/// <summary>
/// Named places at which a build with faults ends its process at once, as a crash or a power cut would: no handler
/// runs, nothing is flushed. Every other build is without them.
/// </summary>
public static class CrashPoint
{
    /// <summary>
    /// Ends the process where the folder that <c>CSP_CRASH_POINTS</c> names has a file of this name with a number above
    /// nought in it; the number goes down by one before.
    /// </summary>
    /// <param name="name">Kebab-case, once in the code of a service.</param>
    [Conditional("CSP_FAULTS")]
    public static void Reach(string name)
    {
#if CSP_FAULTS
        if (Environment.GetEnvironmentVariable("CSP_CRASH_POINTS") is not { Length: > 0 } folder)
            return;
        var file = Path.Combine(folder, name);
        lock (Gate)
        {
            if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), out var left) || left <= 0)
                return;
            File.WriteAllText(file, $"{left - 1}");
            Process.GetCurrentProcess().Kill();
        }
#endif
    }
#if CSP_FAULTS

    private static readonly Lock Gate = new();
#endif
}
