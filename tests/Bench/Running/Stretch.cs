using System.Diagnostics;
using System.Globalization;
using CsPlatform.Bench.Measuring;

namespace CsPlatform.Bench.Running;

/// <summary>
/// A stretch of time that is measured, and the processor time that each program of the run takes in it.
/// </summary>
internal sealed class Stretch
{
    /// <summary>USER_HZ, in which Linux counts processor time for programs.</summary>
    private const double TicksPerSecond = 100;

    private readonly BenchSystem system;
    private readonly Dictionary<string, long> ticks;
    private readonly long since;

    private Stretch(BenchSystem system)
    {
        this.system = system;
        ticks = Ticks();
        since = Stopwatch.GetTimestamp();
    }

    public static Stretch Begin(BenchSystem system) => new(system);

    /// <summary>Ends it, after so many of what is counted.</summary>
    public Measured PerSecond(int count) => End(elapsed => count / elapsed.TotalSeconds);

    /// <summary>Ends it; the value comes from its length, or from what was timed within it.</summary>
    public Measured End(Func<TimeSpan, double> value)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        var cores = Ticks().ToDictionary(
            p => p.Key, p => (p.Value - ticks.GetValueOrDefault(p.Key)) / TicksPerSecond / elapsed.TotalSeconds);
        return new Measured(value(elapsed), cores);
    }

    /// <summary>Since each program began, its children's among it, those that have ended too.</summary>
    private Dictionary<string, long> Ticks()
    {
        var processes = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? Look(id) : null)
            .OfType<ProcessLook>().ToLookup(p => p.Parent);
        var all = processes.SelectMany(p => p).ToDictionary(p => p.Id);
        return system.Programs.Where(p => all.ContainsKey(p.Value))
            .ToDictionary(p => p.Key, p => p.Value == Environment.ProcessId ? all[p.Value].Own : Sum(all[p.Value]));

        long Sum(ProcessLook process) => process.Own + process.EndedChildren + processes[process.Id].Sum(Sum);
    }

    /// <returns>Nothing for a process that has just ended.</returns>
    private static ProcessLook? Look(int id)
    {
        try
        {
            // proc(5): after the name in brackets comes field 3; 4 is the parent, 14 to 17 are the times.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return new ProcessLook(id, (int)Field(4), Field(14) + Field(15), Field(16) + Field(17));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record ProcessLook(int Id, int Parent, long Own, long EndedChildren);
}
