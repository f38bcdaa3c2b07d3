using System.Globalization;

namespace CsPlatform.Local.Processes;

/// <summary>
/// A process for certain: a pid alone is given to another process after its end, pid + start time + boot is not.
/// </summary>
/// <param name="StartTicks">Clock ticks between boot and the process's start (/proc/pid/stat, field 22).</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    public static string CurrentBoot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <returns>Null when there is no such process, or only its remains (a zombie).</returns>
    public static ProcessIdentity? Of(int pid) =>
        ProcessStat.Read(pid) is { IsZombie: false } stat ? new(pid, stat.StartTicks, CurrentBoot) : null;

    /// <summary>Since its start. Linux counts a hundred ticks a second, whatever the machine.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - 10 * StartTicks);

    public bool IsAlive => BootId == CurrentBoot && Of(Pid) == this;

    /// <summary>
    /// This process and what it started in its session, whether it still lives itself or not. While a session has
    /// members, Linux does not give its number to a new process.
    /// </summary>
    public IReadOnlyList<ProcessIdentity> Session()
    {
        if (BootId != CurrentBoot || (Of(Pid) is { } holder && holder != this))
            return [];
        return [.. ProcessStat.All()
            .Where(s => s.Session == Pid && s.StartTicks >= StartTicks && !s.IsZombie)
            .Select(s => new ProcessIdentity(s.Pid, s.StartTicks, CurrentBoot))];
    }

    /// <summary>
    /// Processes that were given this environment variable when they began; ours, or everybody's where we are root.
    /// </summary>
    public static IReadOnlyList<ProcessIdentity> WithEnvironment(string name, string value) =>
        [.. ProcessStat.All()
            .Where(s => !s.IsZombie && ProcessStat.Environment(s.Pid).Contains($"{name}={value}"))
            .Select(s => new ProcessIdentity(s.Pid, s.StartTicks, CurrentBoot))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks} {BootId}");

    public static ProcessIdentity? Parse(string text) =>
        text.Trim().Split(' ') is [var pid, var ticks, var boot]
        && int.TryParse(pid, CultureInfo.InvariantCulture, out var p)
        && long.TryParse(ticks, CultureInfo.InvariantCulture, out var t)
            ? new(p, t, boot)
            : null;
}

/// <summary>The fields of /proc/pid/stat that we need.</summary>
internal sealed record ProcessStat(int Pid, char State, int Session, long StartTicks)
{
    public bool IsZombie => State is 'Z' or 'X';

    public static ProcessStat? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended, before or while we read
        }
    }

    public static IReadOnlyList<string> Environment(int pid) => Text(pid, "environ").Split('\0');

    public static string CommandLine(int pid) => Text(pid, "cmdline").Replace('\0', ' ');

    private static string Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended, or is another user's
        }
    }

    public static IEnumerable<ProcessStat> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0
        where pid > 0
        let stat = Read(pid)
        where stat is not null
        select stat;

    /// <summary>The program's name stands in parentheses and may itself hold spaces and parentheses.</summary>
    public static ProcessStat Parse(string stat)
    {
        var pid = int.Parse(stat[..stat.IndexOf(' ')], CultureInfo.InvariantCulture);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new(pid, fields[0][0], int.Parse(fields[3], CultureInfo.InvariantCulture),
            long.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
