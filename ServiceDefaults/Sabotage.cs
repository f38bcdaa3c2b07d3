namespace CsPlatform.ServiceDefaults;

/// <summary>
/// Breaks a promise on purpose in a build with faults, to see that the tests notice. In every other build it is the
/// constant false, and what depends on it is compiled away.
/// </summary>
public static class Sabotage
{
#if CSP_FAULTS
    private static readonly string Broken = Environment.GetEnvironmentVariable("CSP_SABOTAGE") ?? "";

    /// <summary>Whether <c>CSP_SABOTAGE</c> names the promise.</summary>
    /// <param name="promise">p1 to p7, or hang: the queue's reader never ends with its channel.</param>
    public static bool Breaks(string promise) => Broken == promise;
#else
    /// <summary>Never.</summary>
    /// <param name="promise">p1 to p7, or hang: the queue's reader never ends with its channel.</param>
    public static bool Breaks(string promise) => false;
#endif
}
