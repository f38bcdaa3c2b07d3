using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Usage;
using CsPlatform.Contracts;
using CsPlatform.Local;
using CsPlatform.Local.Platform;

namespace CsPlatform.Bench.Running;

/// <summary>
/// Resident memory of each service: when it has settled after a start of its own, and its highest while usage events
/// come, accounts are registered, answers given and contracts signed. A process's high water only rises, so this is
/// measured once, without rounds.
/// </summary>
internal static class ServiceMemory
{
    private const int LoadRounds = 2, LoadEvents = 50_000, LoadAccounts = 200;
    private const double SteadyShare = 0.01;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5), LongestSettling = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Pair>> MeasureAsync(BenchSystem system, CancellationToken cancellationToken)
    {
        var services = Topology.Services.Select(s => s.Name).ToArray();
        foreach (var service in system.Platform.Started.ToArray())
            await system.Platform.StopAsync(service);
        await system.EnsureStartedAsync(services, cancellationToken);
        var idle = await SettledAsync(system, services, cancellationToken);

        using var client = new IntakeClient(system);
        for (var i = 0; i < LoadRounds; i++)
        {
            var round = UseRound.Make(system.Customers, 400 + i, LoadEvents, TimeProvider.System);
            await client.PostAsync(
                round.BatchBodies(), "application/cloudevents-batch+json", 4, round.Count, cancellationToken);
            await WorkAsync(
                system, await system.RegisterAsync($"memory{i}", LoadAccounts, cancellationToken), cancellationToken);
        }

        return [.. services.Select((service, i) =>
            new Pair(new Samples([idle[i]]), new Samples([MiB(system, service, "VmHWM")])))];
    }

    /// <summary>An answer and a contract of each account.</summary>
    private static async Task WorkAsync(
        BenchSystem system, IReadOnlyList<Guid> accounts, CancellationToken cancellationToken)
    {
        var csm = new TokenClaims("csm") { Subject = "bench" };
        using var feedback = system.Platform.Client("feedback", csm);
        using var renewals = system.Platform.Client("renewals", csm);
        var now = TimeProvider.System.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await Parallel.ForEachAsync(
            accounts,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (accountId, stop) =>
            {
                await PostAsync(feedback, "/v1/answers", new
                {
                    answerId = Guid.CreateVersion7(now),
                    accountId,
                    contactId = "bench",
                    metric = "nps",
                    score = 8,
                    answeredAt = now.AddDays(-1),
                }, stop);
                await PostAsync(renewals, "/v1/contracts", new
                {
                    contractId = Guid.CreateVersion7(now),
                    accountId,
                    startsOn = today,
                    endsOn = today.AddYears(1).AddDays(-1),
                    seats = 10,
                    recurringAmount = new { amount = "1200.00", currency = "EUR" },
                    billingPeriod = "monthly",
                }, stop);
            });
    }

    /// <summary>Until it is taken: a service answers 404 while it has not heard of the account.</summary>
    private static Task PostAsync(HttpClient service, string path, object body, CancellationToken cancellationToken) =>
        BenchSystem.UntilAsync(async () =>
        {
            using var answer = await service.PostAsJsonAsync(path, body, cancellationToken);
            if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NotFound)
                throw new LocalException(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode;
        }, cancellationToken);

    /// <summary>
    /// Resident memory once no service's has moved by a hundredth between two looks, or after a minute.
    /// </summary>
    private static async Task<double[]> SettledAsync(
        BenchSystem system, string[] services, CancellationToken cancellationToken)
    {
        double[] Look() => [.. services.Select(s => MiB(system, s, "VmRSS"))];

        using var interval = new PeriodicTimer(LookInterval);
        var start = Stopwatch.GetTimestamp();
        for (var before = Look(); ;)
        {
            await interval.WaitForNextTickAsync(cancellationToken);
            var now = Look();
            var isSteady = now.Zip(before).All(m => Math.Abs(m.First - m.Second) < SteadyShare * m.Second);
            if (isSteady || Stopwatch.GetElapsedTime(start) > LongestSettling)
                return now;
            before = now;
        }
    }

    private static double MiB(BenchSystem system, string service, string name)
    {
        var line = File.ReadLines($"/proc/{system.Platform.ProcessId(service)}/status")
            .Single(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
