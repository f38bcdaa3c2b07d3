using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Processes;

/// <summary>
/// Files that name the processes started for one state directory, so that they can be ended by another program
/// after a crash of the one that started them.
/// </summary>
internal sealed class ProcessLedger(StateDirectory state)
{
    private string Folder => state.Folder("processes");

    public void Add(string name, ProcessIdentity process) =>
        File.WriteAllText(Path.Combine(Folder, name), process.ToString());

    public void Remove(string name) => File.Delete(Path.Combine(Folder, name));

    public IReadOnlyList<(string Name, ProcessIdentity Process)> Entries() =>
        [.. from file in Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal)
            let process = ProcessIdentity.Parse(File.ReadAllText(file))
            where process is not null
            select (Path.GetFileName(file), process)];

    /// <summary>Ends whatever still lives: services first, then the servers they use.</summary>
    public async Task SweepAsync(Action<string> report)
    {
        var found = Entries().Where(e => e.Process.Pid != Environment.ProcessId).ToList(); // AppHost sweeps what one before it left
        var left = found.Where(e => e.Process.Session().Count > 0).ToList();
        foreach (var group in left.GroupBy(e => PrivateServers.StopOrder(e.Name)).OrderBy(g => g.Key))
            await Task.WhenAll(group.Select(async e =>
            {
                report($"stopping {e.Name} (process {e.Process.Pid}), left over from an earlier run");
                await ChildProcess.EndAsync(e.Process, PrivateServers.StopSignal(e.Name), TimeSpan.FromSeconds(20));
            }));
        foreach (var (name, _) in found)
            Remove(name);
    }
}
