using System.Globalization;
using System.Net.Http.Headers;
using RabbitMQ.Client;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>
/// All five services on a replay clock, a subscriber of their alerts, and a receiver of their traces.
/// </summary>
public sealed class WholeSystem() : SystemFixture()
{
    public const string Source = "/products/app";

    private DateTimeOffset today = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private OtlpSink? sink;
    private AlertSubscriber? subscriber;
    private ReplayControl? replay;

    public OtlpSink Telemetry => sink!;

    public AlertSubscriber Subscriber => subscriber!;

    public ReplayControl Replay => replay!;

    protected override PlatformOptions Options => new()
    {
        ReplayClock = true,
        Publishers = new Dictionary<string, IReadOnlyList<string>> { ["publisher"] = [Source] },
        Settings = TelemetryTo(sink!),
    };

    /// <summary>Settings of services that export what they see soon, and to us.</summary>
    public static IReadOnlyDictionary<string, string> TelemetryTo(OtlpSink sink) => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = sink.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "2000",
    };

    public override async ValueTask InitializeAsync()
    {
        sink = await OtlpSink.StartAsync();
        await base.InitializeAsync();
        await StartAsync([.. PlatformOptions.AllServices]);
        subscriber = await AlertSubscriber.StartAsync(Amqp("subscriber"));
        replay = new ReplayControl(Platform);
    }

    public override async ValueTask DisposeAsync()
    {
        replay?.Dispose();
        if (subscriber is not null)
            await subscriber.DisposeAsync();
        await base.DisposeAsync();
        if (sink is not null)
            await sink.DisposeAsync();
    }

    /// <summary>A Monday after everything that was played so far: the clock only goes forward.</summary>
    public async Task<DateTimeOffset> NextMondayAsync()
    {
        today = today.AddDays(14 - ((int)today.DayOfWeek + 6) % 7);
        await MoveToAsync(today);
        return today;
    }

    public Task MoveToAsync(DateTimeOffset now)
    {
        today = new(now.Date, TimeSpan.Zero);
        return Replay.MoveToAsync(now);
    }

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    public Task UntilIdleAsync() => Replay.UntilIdleAsync(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>A registered account with the external key <c>crm/{key}</c>, known to all services.</summary>
    public async Task<Guid> RegisterAsync(string key)
    {
        var answer = await PostAsync("accounts", "/v1/accounts", new
        {
            details = new { name = $"Customer {key}", tier = "vip" },
            externalKeys = new[] { new { system = "crm", key } },
        });
        await UntilIdleAsync();
        return answer.GetProperty("accountId").GetGuid();
    }

    /// <summary>Posts as a CSM; fails on any answer but success.</summary>
    public async Task<JsonElement> PostAsync(string service, string path, object body)
    {
        using var client = Client(service, Roles.Csm, Roles.Lead);
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(
            answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return answer.StatusCode == HttpStatusCode.NoContent
            ? default
            : await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Reads as a viewer.</summary>
    public async Task<JsonElement> GetAsync(string service, string path)
    {
        using var client = Client(service, Roles.Viewer);
        return await client.GetFromJsonAsync<JsonElement>(path);
    }

    /// <summary>Use of one day: three people, the given features, ten minutes each.</summary>
    public static IReadOnlyList<object> DayOfUse(string key, DateTimeOffset day, params string[] features) =>
        [.. from person in new[] { "ann", "bob", "cy" }
            from feature in features
            select new
            {
                specversion = "1.0",
                id = $"{key}-{day:yyyyMMdd}-{person}-{feature}",
                source = Source,
                type = "com.example.app.feature.used",
                subject = $"crm/{key}",
                time = day.AddHours(9).ToString("O", CultureInfo.InvariantCulture),
                data = new { user = person, feature, minutes = 10 },
            }];

    public async Task<HttpResponseMessage> PublishOverHttpAsync(
        IReadOnlyList<object> events, string? traceparent = null)
    {
        using var client = PublisherClient("engagement", Source);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Content = JsonContent.Create(events, new MediaTypeHeaderValue("application/cloudevents-batch+json")),
        };
        if (traceparent is not null)
            request.Headers.Add("traceparent", traceparent);
        var answer = await client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return answer;
    }

    public async Task PublishOverAmqpAsync(IReadOnlyList<object> events)
    {
        await using var connection = await Amqp("publisher").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, new BasicProperties
        {
            ContentType = "application/cloudevents-batch+json",
            DeliveryMode = DeliveryModes.Persistent,
            UserId = Platform.AmqpUser("publisher"),
        }, JsonSerializer.SerializeToUtf8Bytes(events));
    }

    /// <summary>
    /// A day passes: its use is sent, the clock moves to its end, scheduled work is done, all settles.
    /// </summary>
    public async Task PassDayAsync(DateTimeOffset day, Func<Task>? use = null)
    {
        await MoveToAsync(day.AddHours(20));
        if (use is not null)
            await use();
        await UntilIdleAsync();
        await Replay.DueAsync("renewals");
        await UntilIdleAsync();
        await Replay.DueAsync("health");
        await UntilIdleAsync();
    }
}

[CollectionDefinition(nameof(WholeSystem))]
public sealed class WholeSystemIsShared : ICollectionFixture<WholeSystem>;
