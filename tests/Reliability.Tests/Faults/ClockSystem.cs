using System.Diagnostics;
using System.Net.Http.Headers;
using CsPlatform.Local.Servers;
using CsPlatform.Reliability.Tests.Injuries;
using CsPlatform.Reliability.Tests.Load;
using RabbitMQ.Client;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>Three services that live by their machines' clocks, each by one that a test can set wrong.</summary>
public sealed class ClockSystem(FaultSystem servers) : SystemFixture()
{
    private readonly string folder = Directory.CreateTempSubdirectory("csplatform-clocks-").FullName;
    private readonly string[] services = ["accounts", "engagement", "health"];

    protected override PlatformOptions Options => new()
    {
        Publishers = new Dictionary<string, IReadOnlyList<string>> { ["publisher"] = [ReliabilitySystem.Source] },
        ServiceSettings = services.ToDictionary(s => s, Settings),
    };

    public override async ValueTask InitializeAsync()
    {
        if (!WrongClock.IsPossible)
            return;
        SetRight();
        await base.InitializeAsync();
        await StartAsync(services);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (WrongClock.IsPossible)
            await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Returns when the service lives by a clock that is off by this: its answers are dated so.</summary>
    public async Task SetAsync(string service, TimeSpan off)
    {
        Clock(service).Set(off);
        using var client = Client(service);
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await client.GetAsync("/health");
            return (answer.Headers.Date - TimeProvider.System.GetUtcNow() - off)?.Duration() < TimeSpan.FromSeconds(30);
        });
    }

    /// <summary>From now on, within a second.</summary>
    public void SetRight()
    {
        foreach (var service in services)
            Clock(service).Set(TimeSpan.Zero);
    }

    /// <summary>A new account of this key, known to Engagement.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> RegisterAsync(string key)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        using var lead = Client("accounts", Roles.Lead);
        using var answer = await lead.PostAsJsonAsync("/v1/accounts", new
        {
            accountId = id,
            details = new { name = $"Customer {key}" },
            externalKeys = new[] { new { system = "crm", key } },
        });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await Eventually.HoldsAsync(async () => await CountAsync("engagement",
            "select count(*) from engagement.subject_key where subject = $1", $"crm/{key}") == 1);
        return id;
    }

    public async Task RenameAsync(Guid account, string name)
    {
        using var lead = Client("accounts", Roles.Lead);
        await Persistently.DoAsync(async () =>
        {
            using var answer = await lead.PutAsJsonAsync($"/v1/accounts/{account}/details", new { name });
            // somebody else wrote
            Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.PreconditionFailed,
                $"A new name was answered {(int)answer.StatusCode}.");
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>Sets all clocks right and measures until an event is taken and Health has judged by so many.</summary>
    public async Task RecoverAsync(string fault, string expected, PlannedEvent next, Func<Task> judged)
    {
        var since = Stopwatch.GetTimestamp();
        SetRight();
        await UntilAnsweredAsync(next, HttpStatusCode.Accepted);
        var writes = Stopwatch.GetElapsedTime(since).TotalSeconds;
        await judged();
        new Recovery(
            fault, expected, 0, Math.Round(writes, 1),
            Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1)).Keep();
    }

    public async Task<HttpStatusCode> PostAsync(PlannedEvent e)
    {
        using var publisher = PublisherClient("engagement", ReliabilitySystem.Source);
        using var content = new ByteArrayContent(e.Json)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") },
        };
        using var answer = await publisher.PostAsync("/v1/events", content);
        return answer.StatusCode;
    }

    /// <summary>Posts it again and again until it is answered so: a clock takes a second to be another.</summary>
    public async Task UntilAnsweredAsync(PlannedEvent e, HttpStatusCode expected)
    {
        HttpStatusCode last = default;
        await Persistently.TryAsync(async () => (last = await PostAsync(e)) == expected, TimeSpan.FromSeconds(30));
        Assert.Equal(expected, last);
    }

    public async Task PublishAsync(PlannedEvent e)
    {
        await using var connection = await Amqp("publisher").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, new BasicProperties
        {
            ContentType = "application/cloudevents+json",
            Persistent = true,
            UserId = Platform.AmqpUser("publisher"),
        }, e.Json);
    }

    /// <summary>Until Health has judged the account by so many events.</summary>
    public Task UntilJudgedAsync(string key, int events) => Eventually.HoldsAsync(async () => await CountAsync("health", """
        select coalesce(sum(events), 0)::bigint from health.usage_day d
          join health.account_directory a using (account_id)
         where a.name = 'Customer ' || $1 and exists (select from health.mt_doc_account_health h
           where h.id = d.account_id)
        """, key) == events);

    public Task<long> CountedAsync(string key) => CountAsync("engagement",
        "select count(*) from engagement.usage_event where subject = 'crm/' || $1", key);

    public async Task<long> CountAsync(string service, string sql, string parameter)
    {
        await using var command = Database(service).CreateCommand(sql);
        command.Parameters.Add(new() { Value = parameter });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<JsonElement> ReplayAsync(string reason)
    {
        using var ops = Client("engagement", Roles.Ops);
        using var answer = await ops.PostAsync($"/v1/parked-events/replay?reason={reason}", null);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    protected override Task<ServerConnections> AcquireServersAsync() => Task.FromResult(servers.OwnServers.Connections);

    protected override Task ReleaseServersAsync() => Task.CompletedTask;

    private IReadOnlyDictionary<string, string> Settings(string service) => service == "health"
        ? new Dictionary<string, string>(Clock(service).Environment) { ["Sweep__EveryMinutes"] = "1" }
        : Clock(service).Environment;

    private WrongClock Clock(string service) => new(Path.Combine(folder, service));
}
