using CsPlatform.Local;

namespace CsPlatform.Reliability.Tests;

/// <summary>Which set runs, and where its results go, as <c>./cs test</c> says it.</summary>
internal static class Soak
{
    /// <summary>The long one, <c>CSP_SOAK=1</c>.</summary>
    public static bool Is { get; } = Environment.GetEnvironmentVariable("CSP_SOAK") == "1";

    /// <summary>
    /// <c>CSP_TEST_ALONE=1</c>: no other tests run beside these, so that how long something takes is the platform's
    /// doing.
    /// </summary>
    public static bool IsAlone { get; } = Is || Environment.GetEnvironmentVariable("CSP_TEST_ALONE") == "1";

    /// <summary>All in the long set, in the short one so many by chance.</summary>
    public static IReadOnlyList<T> Sample<T>(IReadOnlyList<T> all, int count) =>
        Is ? all : Sampling.Chosen(all, count, Sampling.Seed);

    /// <summary>A file of this run's results.</summary>
    public static string ResultFile(string name) => Path.Combine(
        Directory.CreateDirectory(Environment.GetEnvironmentVariable("CSP_TEST_STATE") is { Length: > 0 } given
            ? given
            : Path.Combine(Clone.Root, ".local", "test")).FullName,
        name);
}
