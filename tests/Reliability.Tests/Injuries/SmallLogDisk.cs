using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Faults;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>
/// PostgreSQL's write-ahead log on a disk of its own that can be filled; back where it was when disposed.
/// </summary>
internal sealed class SmallLogDisk : IAsyncDisposable
{
    private readonly FaultSystem system;
    private readonly SmallDisk disk;
    private readonly string folder;

    private SmallLogDisk(FaultSystem system, SmallDisk disk, string folder) =>
        (this.system, this.disk, this.folder) = (system, disk, folder);

    private string Moved => Path.Combine(disk.Data, "pg_wal");

    /// <summary>Stops PostgreSQL, moves its log, starts it again.</summary>
    public static async Task<SmallLogDisk> MountAsync(FaultSystem system)
    {
        Network.Need();
        await using var admin = NpgsqlDataSource.Create(system.Platform.Servers.Postgres + ";Pooling=false");
        await using var ask = admin.CreateCommand("show data_directory");
        var folder = Path.Combine((string)(await ask.ExecuteScalarAsync())!, "pg_wal");
        await system.OwnServers.EndPostgresAsync(Ending.Stopped);
        var size = new DirectoryInfo(folder).EnumerateFiles().Sum(segment => segment.Length);
        var log = new SmallLogDisk(system, await SmallDisk.MountAsync((int)(size >> 20) + 64), folder);
        await Command.RunAsync("cp", "--archive", folder, log.Moved);
        Directory.Move(folder, folder + ".aside");
        File.CreateSymbolicLink(folder, log.Moved);
        await system.OwnServers.StartPostgresAsync();
        return log;
    }

    /// <summary>Fills the disk, and uses up the segments of the log that lie ready.</summary>
    public async Task FillAsync()
    {
        disk.Fill();
        try
        {
            while (true)
                await system.AdminAsync("select pg_switch_wal()");
        }
        catch (NpgsqlException)
        {
            // PostgreSQL ends itself rather than go on without its log: what was wanted.
        }
    }

    /// <summary>Makes room; PostgreSQL, which may have given up to start without, is started again.</summary>
    public Task FreeAsync()
    {
        disk.Free();
        return system.OwnServers.KeepPostgresAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await system.OwnServers.EndPostgresAsync(Ending.Stopped);
        File.Delete(folder);
        Directory.Delete(folder + ".aside", recursive: true);
        await Command.RunAsync("cp", "--archive", Moved, folder);
        await disk.DisposeAsync();
        await system.OwnServers.StartPostgresAsync();
    }
}
