using System.Diagnostics;
using System.Net.Http.Headers;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>One client with one account of its own that finds out whether the platform works, end to end.</summary>
internal sealed class Probe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FaultSystem system;
    private readonly string key;
    private readonly AccountLife life;
    private readonly HttpClient http;
    private int count;

    private Probe(FaultSystem system, string key) =>
        (this.system, this.key, life, http) = (
            system, key, new(system), system.PublisherClient("engagement", ReliabilitySystem.Source));

    /// <summary>Its account.</summary>
    public Guid Account { get; private set; }

    /// <summary>Returns when the platform has worked once for it.</summary>
    public static async Task<Probe> StartAsync(FaultSystem system, string key)
    {
        var probe = new Probe(system, key);
        probe.Account = await probe.life.RegisterAsync(key);
        await probe.RecoveredAsync("none", "", Stopwatch.GetTimestamp());
        return probe;
    }

    /// <summary>What it sends next; sent again it is the same.</summary>
    public PlannedEvent Next() => new(
        $"probe-{key}-{Interlocked.Increment(ref count)}", $"crm/{key}", system.Now.AddHours(
            -1), "probe", "probing", 1);

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

    /// <summary>Sends one event once, which is accepted, refused as it should be, or not answered.</summary>
    public async Task<HttpStatusCode?> AskAsync()
    {
        using var answer = await SendOnceAsync();
        Assert.True(answer is null or { StatusCode: HttpStatusCode.Accepted } || PushBack.IsRefusal(answer),
            $"It was answered {answer?.StatusCode}.");
        return answer?.StatusCode;
    }

    /// <summary>Each try in the time is accepted: the broker is not needed for that.</summary>
    public Task TakesAsync(TimeSpan time) => time.SpendAsync(async () =>
    {
        using var answer = await SendOnceAsync();
        Assert.Equal(HttpStatusCode.Accepted, answer?.StatusCode);
    });

    /// <summary>
    /// Tries until each service that takes something in has taken it, and until Health has judged by all of it.
    /// </summary>
    /// <param name="since">A timestamp of <see cref="Stopwatch"/>.</param>
    public async Task<Recovery> RecoveredAsync(string fault, string expected, long since, TimeSpan repair = default)
    {
        var e = Next();
        var (registered, answered, signed) = (
            life.RegisterAsync($"{key}-{count}"), life.AnswerAsync(Account, 9), life.SignAsync(Account, 200));
        await Task.WhenAll(registered, answered, signed, Persistently.DoAsync(async () =>
        {
            using var answer = await SendOnceAsync(e);
            return answer?.StatusCode == HttpStatusCode.Accepted;
        }));
        var writes = Stopwatch.GetElapsedTime(since);
        await Task.WhenAll(
            UntilFreshAsync(),
            UntilAtHealthAsync(
                "select account_id from health.account_directory where account_id = $1 and registered",
                await registered),
            UntilAtHealthAsync("select account_id from health.survey_answer where answer_id = $1", await answered),
            UntilAtHealthAsync("select account_id from health.contract where contract_id = $1", await signed));
        return new(fault, expected, Rounded(repair), Rounded(writes), Rounded(Stopwatch.GetElapsedTime(since)));
    }

    /// <summary>Until Health knows the figures that Engagement has.</summary>
    private Task UntilFreshAsync() => UntilAsync(async () =>
    {
        var told = await FigureAsync(
            "engagement", "select sum(version)::bigint from engagement.account_day where account_id = $1", Account);
        var known = await FigureAsync(
            "health", "select sum(version)::bigint from health.usage_day where account_id = $1", Account);
        return told is not null && told.Equals(known);
    });

    private Task UntilAtHealthAsync(string sql, Guid id) => UntilAsync(
        async () => await FigureAsync("health", sql, id) is not null);

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            return await condition();
        }
        catch (NpgsqlException)
        {
            return false; // our own connection was hurt too
        }
    }, TimeSpan.FromSeconds(90));

    private async Task<object?> FigureAsync(string service, string sql, Guid id)
    {
        await using var command = system.Database(service).CreateCommand(sql);
        command.CommandTimeout = 5;
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync() is { } found and not DBNull ? found : null;
    }

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
