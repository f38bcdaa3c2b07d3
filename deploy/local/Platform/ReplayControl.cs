using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CsPlatform.Contracts;

namespace CsPlatform.Local.Platform;

/// <summary>
/// Plays history through a platform with a replay clock: moves the clock of every service, waits until all work is
/// done, asks for the work that a scheduler would do. The platform runs in Development, its clock is
/// <see cref="PlatformOptions.ReplayClock"/>.
/// </summary>
public sealed class ReplayControl : IDisposable
{
    private readonly IReadOnlyDictionary<string, HttpClient> services;

    public ReplayControl(LocalPlatform platform) => services = platform.Started.ToDictionary(
        name => name, name => platform.Client(name, new TokenClaims("ops") { Subject = "replay" }));

    /// <summary>All services show this time from now on.</summary>
    public Task MoveToAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Task.WhenAll(services.Values.Select(async service =>
        {
            using var answer = await service.PutAsJsonAsync("/dev/clock", new { now }, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }));

    /// <summary>
    /// Returns once nothing is left to do anywhere: each service is idle, and what was published has arrived at everyone
    /// who hears it.
    /// </summary>
    /// <exception cref="LocalException">Not within the time limit; says who still works or what did not arrive.</exception>
    public async Task UntilIdleAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var since = Stopwatch.GetTimestamp();
        while (await WhatIsLeftAsync(cancellationToken) is { } left)
        {
            if (Stopwatch.GetElapsedTime(since) > (limit ?? TimeSpan.FromMinutes(2)))
                throw new LocalException($"The platform did not become idle: {left}");
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Runs the scheduled work of a service now; the answer says what it did.</summary>
    public async Task<JsonElement> SweepAsync(string service, CancellationToken cancellationToken = default)
    {
        using var answer = await services[service].PostAsync("/v1/sweeps", null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new LocalException($"The sweep of {service} failed: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public void Dispose()
    {
        foreach (var service in services.Values)
            service.Dispose();
    }

    private async Task<string?> WhatIsLeftAsync(CancellationToken cancellationToken)
    {
        // Consumers first: what they publish while being asked then shows in a publisher's later answer, never the
        // other way round. A busy answer ends the round.
        var work = new Dictionary<string, WorkLeft>();
        foreach (var (name, service) in services)
        {
            work[name] = (await service.GetFromJsonAsync<WorkLeft>("/dev/idle", cancellationToken))!;
            if (!work[name].Idle)
                return $"{name} is working";
        }
        return Topology.Services
            .Where(publisher => work.ContainsKey(publisher.Name))
            .SelectMany(publisher => publisher.Publishes, (publisher, message) => (message, sent: Of(work[publisher.Name].Published, message)))
            .SelectMany(m => Topology.Services.Where(s => work.ContainsKey(s.Name) && s.Consumes.Contains(m.message)),
                (m, consumer) => (m.message, m.sent, consumer.Name, taken: Of(work[consumer.Name].Consumed, m.message)))
            .Where(m => m.taken < m.sent)
            .Select(m => $"{m.Name} took {m.taken} of {m.sent} {m.message.Name}")
            .FirstOrDefault();

        static long Of(IReadOnlyDictionary<string, long> counts, Type message) => counts.GetValueOrDefault(message.Name);
    }

    private sealed record WorkLeft(bool Idle, Dictionary<string, long> Published, Dictionary<string, long> Consumed);
}
