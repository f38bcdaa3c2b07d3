using System.Text.RegularExpressions;
using CsPlatform.Local;

namespace CsPlatform.Reliability.Tests.Crashes;

/// <summary>A place in the code of a service at which a build with faults dies when asked to.</summary>
public readonly record struct CrashPlace(string Service, string Point)
{
    public override string ToString() => $"{Service}: {Point}";
}

/// <summary>Finds every crash point in the source, arms them, and tells which were reached.</summary>
internal sealed partial class CrashPoints(string folder)
{
    /// <summary>Points of what all services share, at every service that has them.</summary>
    private static readonly Dictionary<string, string[]> SharedAt = new()
    {
        ["topic-published"] = ["health"],
        ["directory-written"] = ["feedback", "renewals"], // Health writes it along with its judgement
        ["hearing-saved"] = ["accounts"], // the others hear what they keep by versions
        ["command-saved"] = ["accounts", "feedback", "renewals"], // nobody acts on an alert in a season
        ["due-work-done"] = ["renewals"],
        ["figures-told"] = ["engagement", "feedback", "health", "renewals"],
        ["rebuild-asked"] = ["accounts"], // the one with read models that are made anew while it runs
        ["retelling-asked"] = ["accounts"], // whose past is told again
        ["retelling-page-told"] = ["accounts"],
        ["read-model-emptied"] = ["accounts"],
        ["rebuild-done"] = ["accounts"],
        ["job-done"] = ["health", "renewals"],
        ["model-rebuilt"] = ["accounts", "feedback", "health", "renewals"],
    };

    /// <summary>Every point of every service, from the source.</summary>
    public static IReadOnlyList<CrashPlace> All { get; } = [.. Scan()];

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Settings =>
        PlatformOptions.AllServices.ToDictionary<string, string, IReadOnlyDictionary<string, string>>(
            service => service, service => new Dictionary<string, string> { ["CSP_CRASH_POINTS"] = FolderOf(service) });

    /// <summary>The process dies at its next so many arrivals there.</summary>
    public void Arm(CrashPlace place, int times)
    {
        File.WriteAllText(FileOf(place), $"{times}");
        Totals.DiesAt(place);
    }

    /// <summary>Deaths that have not come yet; the file is empty for the moment in which one is counted.</summary>
    public int Left(CrashPlace place) => int.TryParse(File.ReadAllText(FileOf(place)), out var left) ? left : 1;

    private string FolderOf(string service) => Directory.CreateDirectory(Path.Combine(folder, service)).FullName;

    private string FileOf(CrashPlace place) => Path.Combine(FolderOf(place.Service), place.Point);

    private static IEnumerable<CrashPlace> Scan()
    {
        foreach (var service in PlatformOptions.AllServices)
            foreach (var point in PointsIn($"services/{char.ToUpperInvariant(service[0])}{service[1..]}"))
                yield return new(service, point);
        foreach (var point in PointsIn("services/Backbone").Concat(PointsIn("services/AccountDirectory")))
            foreach (var service in SharedAt.GetValueOrDefault(point, [.. PlatformOptions.AllServices]))
                yield return new(service, point);
    }

    private static IEnumerable<string> PointsIn(string source) =>
        from file in Directory.EnumerateFiles(Path.Combine(Clone.Root, source), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal)
        from match in Reach().Matches(File.ReadAllText(file))
        select match.Groups[1].Value;

    [GeneratedRegex(@"CrashPoint\.Reach\(""([a-z-]+)""\)")]
    private static partial Regex Reach();
}
