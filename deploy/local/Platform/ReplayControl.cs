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
    private const int FirstPauseMs = 5, LongestPauseMs = 20;

    private readonly IReadOnlyDictionary<string, HttpClient> services;

    public ReplayControl(LocalPlatform platform) : this(platform.Started.ToDictionary(
        name => name, name => platform.Client(name, new TokenClaims("ops") { Subject = "replay" })))
    {
    }

    /// <param name="services">Clients with the role ops, by service; disposed with this.</param>
    public ReplayControl(IReadOnlyDictionary<string, HttpClient> services) => this.services = services;

    /// <summary>All services show this time from now on, or where it runs go on from it at real pace.</summary>
    public Task MoveToAsync(DateTimeOffset now, bool runs = false, CancellationToken cancellationToken = default) =>
        Task.WhenAll(services.Values.Select(async service =>
        {
            using var answer = await service.PutAsJsonAsync("/dev/clock", new { now, runs }, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }));

    /// <summary>
    /// Returns once nothing is left to do anywhere: each service is idle, and what was published has arrived at
    /// everyone who hears it. One look at five services is not one moment, a message may travel behind it: two looks in
    /// a row that are still and count the same prove that all was still between them (Mattern's four-counter method).
    /// </summary>
    /// <exception cref="LocalException">
    /// Not within the time limit; says who still works or what did not arrive.
    /// </exception>
    public async Task UntilIdleAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var since = Stopwatch.GetTimestamp();
        IReadOnlyCollection<string> everyone = [.. services.Keys], asked = everyone;
        long? before = null;
        for (var pause = FirstPauseMs; ;)
        {
            var work = await LookAsync(asked, cancellationToken);
            IReadOnlyCollection<string> busy = [.. work.Where(w => !w.Value.Idle).Select(w => w.Key)];
            // Those who were idle are asked again only when nobody is busy any more: a look costs everyone work.
            var whole = busy.Count == 0 && asked.Count == everyone.Count;
            var left = busy.Count > 0 ? $"{string.Join(", ", busy)} still at work" : whole ? WhatIsLeft(work) : null;
            long? total = whole && left is null ? work.Values.Sum(
                w => w.Published.Values.Sum() + w.Consumed.Values.Sum()) : null;
            if (total is not null && total == before)
                return;
            before = total;
            asked = busy.Count > 0 ? busy : everyone;
            if (Stopwatch.GetElapsedTime(since) > (limit ?? TimeSpan.FromMinutes(2)))
                throw new LocalException($"The platform did not become idle: {left ?? "messages keep travelling"}");
            if (left is null)
                continue;
            await Task.Delay(pause, cancellationToken);
            pause = Math.Min(LongestPauseMs, pause * 3 / 2);
        }
    }

    /// <summary>Runs the scheduled jobs of a service now; the answer says what each did.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> DueAsync(
        string service, CancellationToken cancellationToken = default)
    {
        using var answer = await services[service].PostAsync("/dev/due", null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new LocalException(
                $"The due work of {service} failed: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return (await answer.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>(cancellationToken))!;
    }

    /// <summary>Runs the scheduled jobs of every service now.</summary>
    public Task DueAsync(CancellationToken cancellationToken = default) =>
        Task.WhenAll(services.Keys.Select(service => DueAsync(service, cancellationToken)));

    public void Dispose()
    {
        foreach (var service in services.Values)
            service.Dispose();
    }

    private async Task<IReadOnlyDictionary<string, WorkLeft>> LookAsync(
        IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var looks = await Task.WhenAll(names.Select(async name =>
            (name, Work: (await services[name].GetFromJsonAsync<WorkLeft>("/dev/idle", cancellationToken))!)));
        return looks.ToDictionary(l => l.name, l => l.Work);
    }

    /// <summary>The first message that has not arrived at everyone who hears it; null when all have.</summary>
    internal static string? WhatIsLeft(IReadOnlyDictionary<string, WorkLeft> work)
    {
        return Topology.Services
            .Where(publisher => work.ContainsKey(publisher.Name))
            .SelectMany(
                publisher => publisher.Publishes,
                (publisher, message) => (message, sent: Of(work[publisher.Name].Published, message)))
            .SelectMany(m => Topology.Services.Where(s => work.ContainsKey(s.Name) && s.Consumes.Contains(m.message)),
                (m, consumer) => (m.message, m.sent, consumer.Name, taken: Of(work[consumer.Name].Consumed, m.message)))
            .Where(m => m.taken < m.sent)
            .Select(m => $"{m.Name} took {m.taken} of {m.sent} {m.message.Name}")
            .FirstOrDefault();

        static long Of(IReadOnlyDictionary<string, long> counts, Type message) =>
            counts.GetValueOrDefault(message.Name);
    }

    /// <summary>What a service says at <c>/dev/idle</c>.</summary>
    internal sealed record WorkLeft(
        bool Idle, IReadOnlyDictionary<string, long> Published, IReadOnlyDictionary<string, long> Consumed);
}
