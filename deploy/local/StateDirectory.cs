using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace CsPlatform.Local;

/// <summary>
/// What one local system remembers between starts: ports, passwords, keys, data, logs and process records.
/// Passwords and keys are made at first start and readable by their owner only.
/// </summary>
public sealed class StateDirectory
{
    private readonly Lock gate = new();
    private readonly string memory;

    public StateDirectory(string path)
    {
        Root = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(Root);
        memory = Path("memory.json");
    }

    public string Root { get; }

    public string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A folder of this state, made when absent.</summary>
    public string Folder(params string[] parts) => Directory.CreateDirectory(Path(parts)).FullName;

    public string LogFile(string process) => System.IO.Path.Combine(Folder("logs"), process + ".log");

    /// <summary>A loopback port, chosen once. Another is chosen when a stranger has taken it since.</summary>
    public int Port(string name) =>
        int.Parse(Remember("port:" + name, keep: p => IsFree(int.Parse(p)), make: () => $"{ChooseFreePort()}"));

    /// <summary>The port that <see cref="Port"/> chose, whether it is free or not.</summary>
    public int? KnownPort(string name) => Recall("port:" + name) is { } port ? int.Parse(port) : null;

    /// <summary>A random password, made once.</summary>
    public string Secret(string name) => Remember("secret:" + name, keep: _ => true, NewSecret);

    public static string NewSecret() => RandomNumberGenerator.GetString(
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 32);

    public string? Recall(string name)
    {
        lock (gate)
            return Load().GetValueOrDefault(name);
    }

    public string Remember(string name, Func<string, bool> keep, Func<string> make)
    {
        lock (gate)
        {
            var values = Load();
            if (values.TryGetValue(name, out var known) && keep(known))
                return known;
            var value = values[name] = make();
            WritePrivate(memory, JsonSerializer.SerializeToUtf8Bytes(values, Indented));
            return value;
        }
    }

    /// <summary>Removes what is remembered here, and data that lies elsewhere. Nothing may run any more.</summary>
    public void Delete()
    {
        Servers.PostgresServer.DeleteData(this);
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
    public static void WritePrivate(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }

    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private SortedDictionary<string, string> Load() => File.Exists(memory)
        ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllBytes(memory))!
        : [];

    // Below the range that Linux gives to outgoing connections, so that none of these takes it meanwhile.
    internal static int ChooseFreePort()
    {
        for (var tries = 0; tries < 1000; tries++)
            if (RandomNumberGenerator.GetInt32(15_000, 32_000) is var port && IsFree(port) && Reserve(port))
                return port;
        throw new LocalException("No free port between 15000 and 32000 on 127.0.0.1.");
    }

    /// <summary>
    /// A port is chosen long before it is listened on: until then a file keeps other systems on this machine from it.
    /// </summary>
    internal static bool Reserve(int port)
    {
        var file = new FileInfo(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "csplatform-ports", $"{port}"));
        try
        {
            file.Directory!.Create();
            if (file.Exists && TimeProvider.System.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > ReservedFor)
                file.Delete();
            file.Open(FileMode.CreateNew).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false; // somebody else's
        }
        catch (UnauthorizedAccessException)
        {
            return true; // the folder is another user's: then as good as without
        }
    }

    private static readonly TimeSpan ReservedFor = TimeSpan.FromMinutes(10);

    internal static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
