using System.Text.Json;

namespace CsPlatform.Local.Verbs;

/// <summary>How long each test project took when it last ran here, so that the longest begin first.</summary>
internal sealed class ProjectTimes(StateDirectory state)
{
    /// <summary>Where nothing is known yet, as on a fresh clone: in this order, before all others.</summary>
    private static readonly string[] Longest =
        ["Reliability.Tests", "Requests.Tests", "EndToEnd.Tests", "AppHost.Tests", "Engagement.Tests"];

    private readonly string file = state.Path("times.json");

    public double Of(string project) => Load().TryGetValue(project, out var seconds) ? seconds
        : Array.IndexOf(Longest, project) is >= 0 and var place ? double.MaxValue / (place + 2)
        : 0;

    public void Keep(string project, TimeSpan took)
    {
        var times = Load();
        times[project] = Math.Round(took.TotalSeconds);
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(times));
    }

    private SortedDictionary<string, double> Load() => File.Exists(file)
        ? JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllBytes(file))!
        : [];
}
