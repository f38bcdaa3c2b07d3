namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>
/// A disk of a few megabytes in memory, in this program's own mounts, that can be filled and emptied.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string ballast;

    private SmallDisk(string folder) => (Folder, ballast) = (folder, Path.Combine(folder, "ballast"));

    public string Folder { get; }

    /// <param name="sizeMb">Mebibytes.</param>
    public static async Task<SmallDisk> MountAsync(int sizeMb)
    {
        Network.Need(); // where the network is our own the mounts are
        var folder = Directory.CreateTempSubdirectory("csplatform-disk-").FullName;
        await Command.RunAsync("mount", "-t", "tmpfs", "-o", $"size={sizeMb}m,mode=0777", "tmpfs", folder);
        var disk = new SmallDisk(folder);
        Directory.CreateDirectory(disk.Data);
        await Command.RunAsync("chown", "postgres:postgres", disk.Data);
        return disk;
    }

    /// <summary>Where the server writes.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>Not a byte is left.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    public void Free() => File.Delete(ballast);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }
}
