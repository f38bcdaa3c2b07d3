using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Processes;

/// <summary>
/// Files that name the processes started for one state directory, so that they can be ended by another program
/// after a crash of the one that started them.
/// </summary>
internal sealed class ProcessLedger(StateDirectory state)
{
    private string Folder => state.Folder("processes");

    /// <summary>Whole at any moment: a reader who met half an entry would take a living process for none.</summary>
    public void Add(string name, ProcessIdentity process)
    {
        var written = state.Path($".{name}.{Environment.ProcessId}");
        File.WriteAllText(written, process.ToString());
        File.Move(written, Path.Combine(Folder, name), overwrite: true);
    }

    public void Remove(string name) => File.Delete(Path.Combine(Folder, name));

    public IReadOnlyList<(string Name, ProcessIdentity Process)> Entries() =>
        [.. from file in Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal)
            let entry = Entry(file)
            where entry is not null
            select entry.Value];

    /// <summary>Ends whatever still lives: services first, then the servers they use.</summary>
    /// <param name="report">Is told of each.</param>
    /// <param name="patience">How long each may take to end before it is killed; 20 seconds when null.</param>
    /// <param name="unless">
    /// Whether another program has taken over the state, and thus whatever is started from now on.
    /// </param>
    public async Task SweepAsync(Action<string> report, TimeSpan? patience = null, Func<bool>? unless = null)
    {
        // AppHost sweeps what one before it left.
        var entries = Entries().Where(e => e.Process.Pid != Environment.ProcessId).ToList();
        if (unless is not null && unless()) // asked after reading: who takes over says so before it starts anything
            return;
        var left = entries.Where(e => e.Process.Session().Count > 0).ToList();
        foreach (var group in left.GroupBy(e => PrivateServers.StopOrder(e.Name)).OrderBy(g => g.Key))
            await Task.WhenAll(group.Select(async e =>
            {
                report($"stopping {e.Name} (process {e.Process.Pid}), left over from an earlier run");
                await ChildProcess.EndAsync(
                    e.Process, PrivateServers.StopSignal(e.Name), patience ?? TimeSpan.FromSeconds(20));
            }));
        foreach (var entry in entries.Where(e => Entry(Path.Combine(Folder, e.Name)) == e)) // not one's that came since
            Remove(entry.Name);
    }

    /// <returns>Null where there is none, or no whole one.</returns>
    private static (string Name, ProcessIdentity Process)? Entry(string file)
    {
        try
        {
            return ProcessIdentity.Parse(File.ReadAllText(file)) is { } process
                ? (Path.GetFileName(file), process) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
