using System.Collections.Concurrent;
using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CsPlatform.Health.Tests.Live;

/// <summary>
/// The real service on real PostgreSQL and RabbitMQ, on a replay clock. The test speaks as the other services do, over
/// the bus, and listens as a subscriber does, to the public topic exchange.
/// </summary>
public sealed class HealthSystem() : SystemFixture()
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<string, int> sent = new();
    private readonly ConcurrentQueue<JsonElement> received = new();
    private readonly ConcurrentQueue<(string Type, JsonElement Message)> told = new();
    private IConnection? connection;
    private IChannel? channel;
    private ReplayControl? replay;

    protected override PlatformOptions Options => new() { ReplayClock = true };

    /// <summary>A day that the clock has not reached in any test: each test begins at its own, later one.</summary>
    public DateTimeOffset Today { get; private set; } = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        connection = await AmqpAdmin().CreateConnectionAsync();
        channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.ExchangeDeclareAsync(Topology.AlertsExchange, ExchangeType.Topic, durable: true);
        await Listen((Topology.AlertsExchange, "churnrisk.#"), m => received.Enqueue(
            JsonSerializer.SerializeToElement(new { m.RoutingKey, Event = JsonElement.Parse(m.Body.Span) })));
        // Accounts hears these; a message that nobody takes would be refused, and the outbox would wait.
        foreach (var message in Topology.Services.Single(s => s.Name == "health").Publishes)
        {
            var exchange = $"{message.Namespace}:{message.Name}";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await Listen(
                (exchange, ""),
                m => told.Enqueue((message.Name, JsonElement.Parse(m.Body.Span).GetProperty("message"))));
        }
        await StartAsync("health");
        replay = new ReplayControl(Platform);
        await MoveTo(Today);
    }

    private async Task Listen((string Exchange, string Key) binding, Action<BasicDeliverEventArgs> take)
    {
        var queue = await channel!.QueueDeclareAsync();
        await channel!.QueueBindAsync(queue.QueueName, binding.Exchange, binding.Key);
        var consumer = new AsyncEventingBasicConsumer(channel!);
        consumer.ReceivedAsync += (_, message) =>
        {
            take(message);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
    }

    public override async ValueTask DisposeAsync()
    {
        replay?.Dispose();
        if (connection is not null)
            await connection.DisposeAsync();
        await base.DisposeAsync();
    }

    public async Task MoveTo(DateTimeOffset now)
    {
        Today = now;
        await replay!.MoveToAsync(now);
    }

    public Task Pass(int days) => MoveTo(Today.AddDays(days));

    /// <summary>Runs the sweep and waits until everything it led to is out.</summary>
    public async Task<JsonElement> Sweep()
    {
        var done = await replay!.DueAsync("health");
        await UntilIdle();
        return done["SweepJob"];
    }

    /// <summary>Runs what is due, and says how many snoozes were over.</summary>
    public async Task<int> EndSnoozes()
    {
        var done = await replay!.DueAsync("health");
        await UntilIdle();
        return done["EndSnoozesJob"].GetProperty("due").GetInt32();
    }

    /// <summary>Sends a message as its publisher's service would; the same id makes it the same message.</summary>
    public async Task Send<T>(T message, Guid? messageId = null) where T : class
    {
        var type = typeof(T);
        var envelope = new
        {
            messageId = messageId ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            messageType = new[] { $"urn:message:{type.Namespace}:{type.Name}" },
            message,
        };
        await channel!.BasicPublishAsync("health", "", mandatory: false, new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            DeliveryMode = DeliveryModes.Persistent,
        }, JsonSerializer.SerializeToUtf8Bytes(envelope, Wire));
        sent.AddOrUpdate(type.Name, 1, (_, count) => count + 1);
    }

    /// <summary>All that was sent is consumed, and all that it led to is published.</summary>
    public async Task UntilIdle()
    {
        using var ops = Client("health", Roles.Ops);
        await Eventually.HoldsAsync(async () =>
        {
            var consumed = (await ops.GetFromJsonAsync<JsonElement>("/dev/idle")).GetProperty("consumed");
            return sent.All(s => consumed.TryGetProperty(s.Key, out var count) && count.GetInt32() >= s.Value);
        });
        await replay!.UntilIdleAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    public async Task<Guid> Register(string name, string? tier = null)
    {
        var accountId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await Send(new AccountRegistered(accountId, new AccountDetails(name, Tier: tier), 1, Today));
        await Send(new ExternalKeyLinked(accountId, "crm", name, 2, Today));
        await UntilIdle();
        return accountId;
    }

    /// <summary>Use of a day by three people with four features.</summary>
    public Task Use(Guid accountId, DateTimeOffset day, long version = 1, int users = 3) =>
        Send(Day(accountId, day, version, users));

    public static AccountDaysChanged Day(Guid accountId, DateTimeOffset day, long version = 1, int users = 3) => new(
        [new(accountId, [new(DateOnly.FromDateTime(day.UtcDateTime), users * 4, users, users * 20m, ["alerts", "exports", "imports", "reports"], version)])],
        day);

    /// <summary>So many days of daily use, heard of day by day, until today.</summary>
    public async Task UseDaily(Guid accountId, int days)
    {
        for (var i = 0; i < days; i++)
        {
            await Use(accountId, Today);
            await UntilIdle();
            await Pass(1);
        }
    }

    public async Task<JsonElement> Get(string path)
    {
        using var viewer = Client("health", Roles.Viewer);
        return await viewer.GetFromJsonAsync<JsonElement>(path);
    }

    /// <summary>What Accounts was told about an account.</summary>
    public IReadOnlyList<JsonElement> Told(Guid accountId, string type) =>
        [.. told.Where(t => t.Type == type
            && t.Message.GetProperty("accountId").GetGuid() == accountId).Select(t => t.Message)];

    /// <summary>What a subscriber received about an account, in the order of arrival.</summary>
    public IReadOnlyList<JsonElement> Received(Guid accountId) =>
        [.. received.Where(r => r.GetProperty("Event").GetProperty("subject").GetString() == $"account/{accountId}")];
}

[CollectionDefinition(nameof(HealthSystem))]
public sealed class HealthSystemIsShared : ICollectionFixture<HealthSystem>;
