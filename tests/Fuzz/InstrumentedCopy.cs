using SharpFuzz;

namespace CsPlatform.Fuzz;

/// <summary>This program in a folder of its own, where the parser edge notes each branch that it takes.</summary>
internal static class InstrumentedCopy
{
    private const string Edge = "CsPlatform.Engagement.UsageEvents.";

    /// <returns>The program to run.</returns>
    public static string Make(string folder)
    {
        var copy = Path.Combine(folder, "program");
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        _ = Fuzzer.Instrument(
            Path.Combine(copy, "CsPlatform.Engagement.dll"), type => type.StartsWith(
                Edge, StringComparison.Ordinal), Options.Value)
            .ToList();
        return Path.Combine(copy, "CsPlatform.Fuzz.dll");
    }
}
