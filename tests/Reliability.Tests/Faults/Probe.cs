using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using CsPlatform.Reliability.Tests.Load;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>One client with one account of its own that finds out whether the platform works, end to end.</summary>
internal sealed class Probe(FaultSystem system, string key)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient http = system.PublisherClient("engagement", ReliabilitySystem.Source);
    private int count;

    /// <summary>Sends one event once, to the service or to the named process of it.</summary>
    /// <returns>The answer's status; null when there was none in ten seconds.</returns>
    public async Task<HttpResponseMessage?> SendOnceAsync(PlannedEvent? given = null, HttpClient? other = null)
    {
        var e = given ?? Next();
        system.Ledger.Sent([e.Entry]);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var content = new ByteArrayContent(e.Json)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") },
            };
            var answer = await (other ?? http).PostAsync("/v1/events", content, patience.Token);
            if (answer.StatusCode == HttpStatusCode.Accepted)
                system.Ledger.Acknowledged(e.Key);
            else
                system.Ledger.Unanswered(e.Key);
            return answer;
        }
        catch (Exception x) when (Persistently.IsPassing(x))
        {
            system.Ledger.Unanswered(e.Key);
            return null;
        }
    }

    /// <summary>Tries until an event is taken, and until Health has judged by it.</summary>
    /// <param name="since">A timestamp of <see cref="Stopwatch"/>.</param>
    public async Task<Recovery> RecoveredAsync(string fault, string expected, long since, TimeSpan repair = default)
    {
        var e = Next();
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await SendOnceAsync(e);
            return answer?.StatusCode == HttpStatusCode.Accepted;
        }, TimeSpan.FromSeconds(90));
        var writes = Stopwatch.GetElapsedTime(since);
        await UntilFreshAsync();
        return new(fault, expected, Rounded(repair), Rounded(writes), Rounded(Stopwatch.GetElapsedTime(since)));
    }

    /// <summary>Until Health knows the figures that Engagement has.</summary>
    public Task UntilFreshAsync() => Eventually.HoldsAsync(async () =>
    {
        try
        {
            var told = await FigureAsync("engagement", """
                select sum(d.version)::bigint from engagement.account_day d
                  join engagement.subject_key k using (account_id) where k.subject = $1
                """);
            var known = await FigureAsync("health", """
                select sum(d.version)::bigint from health.usage_day d join health.account_fact a using (account_id)
                 where a.name = 'Customer ' || split_part($1, '/', 2)
                """);
            return told is not null && told == known;
        }
        catch (NpgsqlException)
        {
            return false; // our own connection was hurt too
        }
    }, TimeSpan.FromSeconds(90));

    private PlannedEvent Next() => new(
        $"probe-{key}-{Interlocked.Increment(ref count)}", $"crm/{key}", system.Now.AddHours(-1), "probe", "probing", 1);

    private async Task<long?> FigureAsync(string service, string sql)
    {
        await using var command = system.Database(service).CreateCommand(sql);
        command.CommandTimeout = 5;
        command.Parameters.Add(new() { Value = $"crm/{key}" });
        return await command.ExecuteScalarAsync() as long?;
    }

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
