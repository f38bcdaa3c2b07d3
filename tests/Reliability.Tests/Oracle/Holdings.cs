using System.Globalization;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Load;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>What a service holds while it has nothing to do.</summary>
/// <param name="Processes">Of it: one, or its replicas.</param>
/// <param name="BrokerConnections">Of its user.</param>
/// <param name="BrokerChannels">On them.</param>
/// <param name="DatabaseConnections">Of its role; idle ones stay pooled for minutes.</param>
/// <param name="MemoryMiB">Resident, of its first process as the next two.</param>
/// <param name="Threads">Of the operating system.</param>
/// <param name="Handles">Open files, sockets and the like.</param>
internal sealed record Holding(
    int Processes, int BrokerConnections, int BrokerChannels, long DatabaseConnections, long MemoryMiB, int Threads, int Handles);

/// <summary>
/// Held against what was held before the first fault, by each process: one broker connection more at most (the error
/// queue is looked for by a passing one) and four channels, no more database connections than the pool (40) and the
/// locks, half as much memory again and 100 MiB, 40 threads and 100 handles more, which pools keep for a while.
/// </summary>
internal sealed class Holdings(ReliabilitySystem system)
{
    private const int ConnectionsMore = 1, ChannelsMore = 4, DatabaseConnectionsMax = 44, MemoryMoreMiB = 100, ThreadsMore = 40,
        HandlesMore = 100;

    public IReadOnlyDictionary<string, Holding>? Baseline { get; private set; }

    /// <summary>
    /// Once the management API knows a channel on each connection, which it does seconds after it knows the connection.
    /// </summary>
    public Task TakeBaselineAsync() => Persistently.DoAsync(async () =>
    {
        var now = await MeasureAsync();
        if (now.Values.Any(h => h.BrokerChannels < h.BrokerConnections))
            return false;
        Baseline = now;
        return true;
    }, TimeSpan.FromSeconds(30));

    /// <summary>Does nothing before there is a baseline.</summary>
    public async Task RunAsync(Findings findings)
    {
        if (Baseline is null)
            return;
        IReadOnlyList<string> faults = [];
        await Persistently.TryAsync(async () => // the management API forgets a dead connection seconds later
        {
            faults = [.. (await MeasureAsync()).SelectMany(h => FaultsIn(h.Key, h.Value, Baseline[h.Key]))];
            return faults.Count == 0;
        }, TimeSpan.FromSeconds(20));
        foreach (var fault in faults)
            findings.Add(Promise.Recovers, fault);
    }

    private static IEnumerable<string> FaultsIn(string service, Holding now, Holding before)
    {
        if (now.BrokerConnections > (before.BrokerConnections + ConnectionsMore) * now.Processes
            || now.BrokerChannels > (before.BrokerChannels + ChannelsMore) * now.Processes)
            yield return $"{service} holds {now.BrokerConnections} broker connections with {now.BrokerChannels} channels, "
                + $"before {before.BrokerConnections} with {before.BrokerChannels}";
        if (now.DatabaseConnections > DatabaseConnectionsMax * now.Processes)
            yield return $"{service} holds {now.DatabaseConnections} database connections";
        if (now.MemoryMiB > before.MemoryMiB * 3 / 2 + MemoryMoreMiB)
            yield return $"{service} holds {now.MemoryMiB} MiB, before {before.MemoryMiB}";
        if (now.Threads > before.Threads + ThreadsMore || now.Handles > before.Handles + HandlesMore)
            yield return $"{service} holds {now.Threads} threads and {now.Handles} handles, before {before.Threads} and {before.Handles}";
    }

    private async Task<IReadOnlyDictionary<string, Holding>> MeasureAsync()
    {
        using var admin = new BrokerAdmin(system.Platform.Servers.Management);
        var connections = await admin.ConnectionsAsync(system.Platform.VirtualHost, CancellationToken.None);
        var holdings = new Dictionary<string, Holding>();
        foreach (var service in PlatformOptions.AllServices)
        {
            var own = connections.Where(c => c.User == system.Platform.AmqpUser(service)).ToList();
            await using var count = system.Database(service)
                .CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and usename <> current_user");
            var process = $"/proc/{system.Platform.ProcessId(service)}";
            holdings[service] = new(
                system.Platform.Started.Count(p => LocalPlatform.ServiceOf(p) == service),
                own.Count, own.Sum(c => c.Channels), (long)(await count.ExecuteScalarAsync())!,
                Status(process, "VmRSS") / 1024, Status(process, "Threads"), Directory.GetFiles(
                    $"{process}/fd").Length);
        }
        return holdings;
    }

    private static int Status(string process, string what) => File.ReadLines($"{process}/status")
        .Where(line => line.StartsWith(what + ":", StringComparison.Ordinal))
        .Select(line => int.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
        .First();
}
