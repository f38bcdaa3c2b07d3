using System.Diagnostics;
using CsPlatform.Reliability.Tests.Load;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>
/// Finds out whether anything is left to do, also where services were killed since, so that their own counts say
/// nothing: each process, replicas too, says that it is idle, every queue is empty, and two looks in a row find the
/// same events and messages.
/// </summary>
internal sealed class AtRest(ReliabilitySystem system) : IDisposable
{
    private static readonly string[] Queues =
    [
        .. Topology.Services.Select(s => s.Name), .. Topology.Services.Select(s => s.Name + "_error"),
        "engagement.usage-events", "engagement.usage-events.dead", AlertInbox.Queue,
    ];

    private readonly Dictionary<string, HttpClient> processes = [];

    private IConnection? broker;

    public async Task UntilAsync(TimeSpan limit)
    {
        var since = Stopwatch.GetTimestamp();
        for (string? before = null, left = "no answer"; ;)
        {
            var look = "";
            try
            {
                (left, look) = await LookAsync();
            }
            catch (Exception e) when (Persistently.IsPassing(e))
            {
                left = e.Message;
            }
            if (left is null && look == before)
                return;
            before = left is null ? look : null;
            if (Stopwatch.GetElapsedTime(since) > limit)
                throw new TimeoutException($"Not at rest after {limit.TotalSeconds:0} s: {left ?? "work goes on"}");
            await Task.Delay(left is null ? 150 : 50);
        }
    }

    public void Dispose()
    {
        foreach (var process in processes.Values)
            process.Dispose();
        broker?.Dispose();
    }

    /// <returns>Who still works, null when nobody does; and what there is by now.</returns>
    private async Task<(string? Left, string Look)> LookAsync()
    {
        var running = PlatformOptions.AllServices.Union(system.Platform.Started).ToList();
        foreach (var process in running.Where(p => !processes.ContainsKey(p)))
            processes[process] = system.Platform.Client(process, new TokenClaims(Roles.Ops));
        var looks = await Task.WhenAll(running.Select(async p =>
            (Process: p, Work: await processes[p].GetFromJsonAsync<JsonElement>("/dev/idle"))));
        var busy = looks.Where(l => !l.Work.GetProperty("idle").GetBoolean()).Select(l => l.Process).ToList();
        if (busy.Count > 0)
            return ($"{string.Join(", ", busy)} still at work", "");
        foreach (var queue in Queues)
            if (await CountAsync(queue) is > 0 and var count)
                return ($"{count} in {queue}", "");
        var stored = await Task.WhenAll(PlatformOptions.AllServices.Select(EventsAsync));
        return (null, $"{string.Join(' ', looks.Select(l => l.Work))} {string.Join(' ', stored)} {system.Alerts.Received.Count}");
    }

    private async Task<uint> CountAsync(string queue)
    {
        if (broker is not { IsOpen: true })
        {
            broker?.Dispose();
            broker = await system.AmqpAdmin().CreateConnectionAsync();
        }
        // A channel each: asking for a queue that is not there yet closes it.
        await using var channel = await broker.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
        {
            return 0;
        }
    }

    private async Task<long> EventsAsync(string service)
    {
        await using var command = system.Database(service)
            .CreateCommand($"select coalesce(max(seq_id), 0) from {service}.mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
