namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>
/// A clock of one process that is off, and that a test sets while the process runs (libfaketime). Intervals, which .NET
/// measures by the monotonic clock, stay right, as they do on a machine whose clock is set.
/// </summary>
internal sealed class WrongClock(string file)
{
    public static bool IsPossible => Library is not null;

    private static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetFiles(
            "/usr/lib", "libfaketimeMT.so.1",
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .FirstOrDefault()
        : null;

    public static void Need() =>
        Assert.SkipWhen(Library is null, "Sets clocks wrong: needs libfaketime, which `./cs test` installs.");

    /// <summary>For the process that is to live by this clock.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // it ends each timed wait of .NET at once: idle threads took a core
    };

    /// <summary>From now on, within a second.</summary>
    public void Set(TimeSpan off)
    {
        File.WriteAllText(file + ".new", $"{off.TotalSeconds:+0;-0}\n");
        File.Move(file + ".new", file, overwrite: true);
    }
}
