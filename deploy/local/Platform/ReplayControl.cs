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
    private const int FirstPauseMs = 3, LongestPauseMs = 40;

    private readonly IReadOnlyDictionary<string, HttpClient> services;

    public ReplayControl(LocalPlatform platform) : this(platform.Started.ToDictionary(
        name => name, name => platform.Client(name, new TokenClaims("ops") { Subject = "replay" })))
    {
    }

    /// <param name="services">Clients with the role ops, by service; disposed with this.</param>
    public ReplayControl(IReadOnlyDictionary<string, HttpClient> services) => this.services = services;

    /// <summary>All services show this time from now on.</summary>
    public Task MoveToAsync(DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Task.WhenAll(services.Values.Select(async service =>
        {
            using var answer = await service.PutAsJsonAsync("/dev/clock", new { now }, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }));

    /// <summary>
    /// Returns once nothing is left to do anywhere: each service is idle, and what was published has arrived at everyone
    /// who hears it. One look at five services is not one moment, a message may travel behind it: two looks in a row that
    /// are still and count the same prove that all was still between them (Mattern's four-counter method).
    /// </summary>
    /// <exception cref="LocalException">Not within the time limit; says who still works or what did not arrive.</exception>
    public async Task UntilIdleAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var since = Stopwatch.GetTimestamp();
        long? before = null;
        for (var pause = FirstPauseMs; ; pause = Math.Min(LongestPauseMs, pause * 3 / 2))
        {
            var work = await LookAsync(cancellationToken);
            var left = WhatIsLeft(work);
            var total = work.Values.Sum(w => w.Published.Values.Sum() + w.Consumed.Values.Sum());
            if (left is null && total == before)
                return;
            before = left is null ? total : null;
            if (Stopwatch.GetElapsedTime(since) > (limit ?? TimeSpan.FromMinutes(2)))
                throw new LocalException($"The platform did not become idle: {left ?? "messages keep travelling"}");
            if (left is not null)
                await Task.Delay(pause, cancellationToken);
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

    private async Task<IReadOnlyDictionary<string, WorkLeft>> LookAsync(CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(services.Select(async s =>
            (s.Key, Work: (await s.Value.GetFromJsonAsync<WorkLeft>("/dev/idle", cancellationToken))!)));
        return looks.ToDictionary(l => l.Key, l => l.Work);
    }

    /// <summary>The first thing left to do; null when there is none.</summary>
    internal static string? WhatIsLeft(IReadOnlyDictionary<string, WorkLeft> work)
    {
        if (work.FirstOrDefault(w => !w.Value.Idle) is { Key: { } busy })
            return $"{busy} is working";
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

    /// <summary>What a service says at <c>/dev/idle</c>.</summary>
    internal sealed record WorkLeft(bool Idle, IReadOnlyDictionary<string, long> Published, IReadOnlyDictionary<string, long> Consumed);
}
