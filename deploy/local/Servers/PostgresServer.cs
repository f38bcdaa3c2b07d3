using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CsPlatform.Local.Processes;
using Npgsql;

namespace CsPlatform.Local.Servers;

/// <summary>
/// A PostgreSQL of our own on loopback, made from the machine's packages. PostgreSQL refuses to run as root: then it
/// runs as the packages' user postgres, with its data where that user can reach it.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string Name = "postgres";
    private const string DataKey = "postgres-data";

    private readonly ChildProcess process;

    private PostgresServer(ChildProcess process, string connectionString) =>
        (this.process, ConnectionString) = (process, connectionString);

    public string ConnectionString { get; }
    public Task Ended => process.Ended;
    public ChildProcess Process => process;

    public static async Task<PostgresServer> StartAsync(StateDirectory state, CancellationToken cancellationToken)
    {
        var data = DataFolder(state);
        var password = state.Secret(Name);
        var programs = Programs(data);
        if (!File.Exists(Path.Combine(data, "PG_VERSION")))
            await CreateClusterAsync(state, programs, data, password, cancellationToken);

        var port = state.Port(Name);
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=",
            "max_wal_size=4GB", "checkpoint_timeout=15min",
            "password_encryption=scram-sha-256", "log_line_prefix=%m [%p] %q%u@%d ", .. ServerLimits.Postgres,
        ];
        var command = AsServerUser(
            [$"{programs}/postgres", "-D", data, .. settings.SelectMany(s => new[] { "-c", s })]);
        var process = ChildProcess.Start(state, Name, command, NoSettings);
        var server = new PostgresServer(process, new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        }.ConnectionString);
        try
        {
            await server.UntilReadyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync(PrivateServers.StopSignal(Name));

    /// <summary>Its end by a signal: fast (SIGINT), immediate (SIGQUIT), or a crash (SIGKILL).</summary>
    public Task EndAsync(int signal) => process.StopAsync(signal, TimeSpan.FromSeconds(30));

    /// <summary>Removes data that lies outside the state directory.</summary>
    public static void DeleteData(StateDirectory state)
    {
        if (state.Recall(DataKey) is not { } data)
            return;
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
        if (Path.GetDirectoryName(data) is { } folder && folder != state.Root && Directory.Exists(folder))
            Directory.Delete(folder);
    }

    /// <exception cref="LocalException">It has ended, or does not answer within a minute.</exception>
    public async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            if (process.HasEnded)
                throw new LocalException(
                    $"PostgreSQL ended at start. Its log {process.LogFile} ends:\n{process.LastLogLines()}");
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=3");
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(60))
            {
                throw new LocalException($"PostgreSQL does not answer: {e.Message}. Log: {process.LogFile}", e);
            }
            catch (NpgsqlException)
            {
                await poll.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    private static async Task CreateClusterAsync(
        StateDirectory state, string programs, string data, string password, CancellationToken cancellationToken)
    {
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true); // an initdb that did not finish
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var passwordFile = data + ".password";
        StateDirectory.WritePrivate(passwordFile, Encoding.UTF8.GetBytes(password));
        if (Native.IsRoot)
            await Tool.RunAsync(["chown", "postgres:postgres", data, passwordFile], cancellationToken);
        try
        {
            await using var initdb = ChildProcess.Start(state, "initdb", AsServerUser(
                [$"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", $"--pwfile={passwordFile}",
                 "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]), NoSettings);
            await initdb.Ended.WaitAsync(cancellationToken);
            if (initdb.ExitCode != 0)
            {
                File.Delete(Path.Combine(data, "PG_VERSION"));
                throw new LocalException($"initdb failed:\n{initdb.LastLogLines()}");
            }
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static readonly Dictionary<string, string> NoSettings = new() { ["LANG"] = "C.UTF-8" };

    private static string[] AsServerUser(string[] command) => Native.IsRoot
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env", .. command]
        : command;

    public static bool IsInstalled => Installed("*").Any();

    private static IEnumerable<string> Installed(string version) => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql", version).Where(d => File.Exists($"{d}/bin/initdb"))
        : [];

    private static string DataFolder(StateDirectory state)
    {
        return state.Remember(DataKey, keep: Directory.Exists, make: () =>
        {
            if (!Native.IsRoot || Tool.Succeeds(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
                    "test", "-x", state.Root]))
                return state.Path("postgres");
            // /root and homes are closed to the postgres user.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.Root)))[..16];
            var folder = $"/var/lib/csplatform/{hash}";
            return $"{folder}/postgres";
        });
    }

    private static string Programs(string data)
    {
        var versionFile = Path.Combine(data, "PG_VERSION");
        var wanted = File.Exists(versionFile) ? File.ReadAllText(versionFile).Trim() : "*";
        return Installed(wanted).MaxBy(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0) is { } newest
            ? $"{newest}/bin"
            : throw new LocalException(wanted == "*"
                ? "PostgreSQL is not installed. `./cs` installs it, or: apt-get install postgresql"
                : $"The data in {data} is of PostgreSQL {wanted}, which is not installed. `./cs reset` starts afresh.");
    }
}
