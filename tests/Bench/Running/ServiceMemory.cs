using System.Globalization;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Usage;
using CsPlatform.Contracts;

namespace CsPlatform.Bench.Running;

/// <summary>
/// Resident memory of each service: when it has settled after a start of its own, and its highest while usage events
/// come and accounts are registered. A process's high water only rises, so this is measured once, without rounds.
/// </summary>
internal static class ServiceMemory
{
    private const int LoadRounds = 2, LoadEvents = 50_000, LoadAccounts = 50;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Pair>> MeasureAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        var services = Topology.Services.Select(s => s.Name).ToArray();
        foreach (var service in system.Platform.Started.ToArray())
            await system.Platform.StopAsync(service);
        await system.EnsureStartedAsync(services, cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        var idle = services.Select(s => MiB(system, s, "VmRSS")).ToArray();

        using var client = new IntakeClient(system);
        for (var i = 0; i < LoadRounds; i++)
        {
            var round = UseRound.Make(system.Customers, 400 + i, LoadEvents, TimeProvider.System);
            await client.PostAsync(
                round.BatchBodies(), "application/cloudevents-batch+json", 4, round.Count, cancellationToken);
            await system.RegisterAsync($"memory{i}", LoadAccounts, cancellationToken);
        }

        return [.. services.Select((service, i) =>
            new Pair(new Samples([idle[i]]), new Samples([MiB(system, service, "VmHWM")])))];
    }

    private static double MiB(BenchSystem system, string service, string name)
    {
        var line = File.ReadLines($"/proc/{system.Platform.ProcessId(service)}/status")
            .Single(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
