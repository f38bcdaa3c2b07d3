using System.Diagnostics;

namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Named places at which a build with faults ends its process at once, as a crash or a power cut would: no handler runs,
/// nothing is flushed. Every other build is without them.
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
        lock (Gate)
        {
            if (Folder is not { Length: > 0 } || Path.Combine(Folder, name) is var file && !File.Exists(file))
                return;
            if (int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture) is var left and > 0)
            {
                File.WriteAllText(file, $"{left - 1}");
                Process.GetCurrentProcess().Kill();
            }
        }
    }

    private static readonly Lock Gate = new();
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CSP_CRASH_POINTS");
#else
    }
#endif
}
