using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Engagement.V1;
using Npgsql;
using RabbitMQ.Client;

namespace CsPlatform.Engagement.Tests;

/// <summary>The real service on a real database and broker; Accounts and Health are played by the tests.</summary>
public sealed class EngagementSystem() : SystemFixture("engagement")
{
    /// <summary>Source that both the HTTP and the AMQP publisher of the tests may send.</summary>
    public const string Source = "app";

    /// <summary>Sources of the CloudEvents conformance cases; the AMQP publisher may send these too.</summary>
    public static readonly string[] ConformanceSources = ["https://cloudevents.io", "#fragment"];

    /// <summary>What Health hears.</summary>
    public const string HealthQueue = "test-health";

    // Short, for the tests of slow senders.
    private readonly Dictionary<string, string> settings = new() { ["Http__HeadersTimeoutSeconds"] = "5" };

    private IConnection? broker;

    protected override PlatformOptions Options => new()
    {
        Settings = settings,
        Publishers = new Dictionary<string, IReadOnlyList<string>> { ["publisher"] = [Source, .. ConformanceSources] },
    };

    public HttpClient Publisher => PublisherClient("engagement", Source, "app-2");

    public HttpClient Ops => Client("engagement", Roles.Ops);

    public HttpClient Viewer => Client("engagement", Roles.Viewer);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        broker = await AmqpAdmin().CreateConnectionAsync();
        await using var channel = await broker.CreateChannelAsync();
        // Notices are mandatory: without a hearer the broker refuses them and the marks stay.
        await channel.QueueDeclareAsync(HealthQueue, durable: true, exclusive: false, autoDelete: false);
        foreach (var message in (Type[])[typeof(AccountDaysChanged), typeof(FirstUseSeen)])
        {
            var exchange = $"{message.Namespace}:{message.Name}";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(HealthQueue, exchange, "");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (broker is not null)
            await broker.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>As Accounts tells it: an account and its key in one system.</summary>
    public async Task<Guid> RegisterAsync(string system, string key)
    {
        var account = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var now = TimeProvider.System.GetUtcNow();
        // One after the other: where the key's backlog is held up, an account told second would wait behind it.
        await TellAsync(new AccountRegistered(account, new AccountDetails(key), 1, now));
        await KnownAsync(subjects: 1);
        await TellAsync(new ExternalKeyLinked(account, system, key, 2, now));
        await KnownAsync(subjects: 2);
        return account;

        Task KnownAsync(long subjects) => Eventually.HoldsAsync(async () => await ScalarAsync<long>(
            "select count(*) from engagement.subject_key where account_id = $1", account) == subjects);
    }

    public async Task TellAsync<T>(T message) where T : class
    {
        var envelope = new JsonObject
        {
            ["messageId"] = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            ["messageType"] = new JsonArray($"urn:message:{typeof(T).Namespace}:{typeof(T).Name}"),
            ["message"] = JsonSerializer.SerializeToNode(message, JsonSerializerOptions.Web),
        };
        await using var channel = await broker!.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync($"{typeof(T).Namespace}:{typeof(T).Name}", "", mandatory: true,
            new BasicProperties { ContentType = "application/vnd.masstransit+json" },
            Encoding.UTF8.GetBytes(envelope.ToJsonString()));
    }

    public Task<HttpResponseMessage> PostBatchAsync(IEnumerable<JsonObject> events) => PostAsync(
        "application/cloudevents-batch+json", new JsonArray([.. events]).ToJsonString());

    public Task<HttpResponseMessage> PostOneAsync(JsonObject e) =>
        PostAsync("application/cloudevents+json", e.ToJsonString());

    public Task<HttpResponseMessage> PostAsync(string contentType, string body) =>
        PostAsync(contentType, Encoding.UTF8.GetBytes(body));

    public async Task<HttpResponseMessage> PostAsync(string contentType, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Publisher.PostAsync("/v1/events", content);
    }

    /// <summary>The status and the body of a batch.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(params JsonObject[] batch)
    {
        using var response = await PostBatchAsync(batch);
        return (response.StatusCode, await response.JsonAsync());
    }

    /// <summary>Published as the broker user "publisher", confirmed by the broker.</summary>
    public async Task PublishAsync(
        string body, string? userId = "publisher", IDictionary<string, object?>? headers = null) =>
        await PublishAsync(Encoding.UTF8.GetBytes(body), userId, headers);

    public async Task PublishAsync(
        byte[] body, string? userId = "publisher", IDictionary<string, object?>? headers = null)
    {
        await using var connection = await Amqp("publisher").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties
        {
            ContentType = "application/cloudevents+json",
            Persistent = true,
            Headers = headers
        };
        if (userId is not null)
            properties.UserId = Platform.AmqpUser(userId);
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, properties, body);
    }

    /// <summary>Many messages on one channel, as the user "publisher", all confirmed.</summary>
    public async Task PublishAllAsync(IReadOnlyList<byte[]> bodies)
    {
        await using var connection = await Amqp("publisher").CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { Persistent = true, UserId = Platform.AmqpUser("publisher") };
        foreach (var body in bodies)
            await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, properties, body);
    }

    /// <summary>Does something while the service reaches its database no more.</summary>
    public async Task WithoutDatabaseAsync(Func<Task> meanwhile)
    {
        var role = new NpgsqlConnectionStringBuilder(Platform.ConnectionString("engagement")).Username;
        await using var admin = NpgsqlDataSource.Create(Platform.Servers.Postgres);
        await AdminAsync($"alter role \"{role}\" connection limit 0");
        await AdminAsync($"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'");
        try
        {
            await meanwhile();
        }
        finally
        {
            await AdminAsync($"alter role \"{role}\" connection limit -1");
        }

        async Task AdminAsync(string sql)
        {
            await using var command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Does something while the service runs with these settings besides its own.</summary>
    public async Task WithSettingsAsync(IReadOnlyDictionary<string, string> more, Func<Task> meanwhile)
    {
        await StopAsync("engagement");
        foreach (var (name, value) in more)
            settings.Add(name, value);
        try
        {
            await RestartAsync("engagement");
            await meanwhile();
        }
        finally
        {
            await StopAsync("engagement");
            foreach (var name in more.Keys)
                settings.Remove(name);
            await RestartAsync("engagement");
        }
    }

    /// <summary>Until the service has nothing left to do.</summary>
    public Task UntilIdleAsync() => Eventually.HoldsAsync(async () =>
    {
        using var response = await Ops.GetAsync("/dev/idle", TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode && (await response.JsonAsync()).GetProperty("idle").GetBoolean();
    });

    /// <summary>The row of a counted event as JSON; null where there is none.</summary>
    public async Task<string?> StoredAsync(string source, string id)
    {
        await using var command = Database("engagement").CreateCommand(
            """
            select to_jsonb(e)::text from engagement.usage_event e join engagement.usage_source s using (source_id)
            where s.source = $1 and e.id = $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = source });
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (string?)await command.ExecuteScalarAsync();
    }

    public async Task<IReadOnlyList<UsageDay>> DaysAsync(
        Guid account, string from = "2026-01-01", string to = "2026-12-31")
    {
        var days = await Viewer.GetFromJsonAsync<JsonElement>($"/v1/accounts/{account}/days?from={from}&to={to}");
        return days.GetProperty("days").Deserialize<List<UsageDay>>(JsonSerializerOptions.Web)!;
    }

    public async Task<IReadOnlyList<JsonElement>> ParkedAsync(string reason) =>
        [.. (await Ops.GetFromJsonAsync<JsonElement>($"/v1/parked-events?reason={reason}&limit=500")).GetProperty(
            "items").EnumerateArray()];

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Database("engagement").CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>
    /// The daily figures, held against a fold of the stored events by another hand: all must be equal.
    /// </summary>
    public async Task AssertFiguresEqualFoldAsync() => Assert.Equal(0, await ScalarAsync<long>(
        """
        with fold as (
          select account_id, (occurred_at at time zone 'UTC')::date as day, count(*)::int as events,
            count(distinct user_id)::int as active_users, sum(minutes) as minutes
          from engagement.usage_event where not automation group by 1, 2),
        features as (
          select distinct account_id, (occurred_at at time zone 'UTC')::date as day, unnest(features) as feature
          from engagement.usage_event where not automation),
        differences as (
          (select account_id, day, events, active_users, minutes from engagement.account_day except select * from fold)
          union all (select * from fold except select account_id, day, events, active_users, minutes
            from engagement.account_day)),
        feature_differences as (
          (select * from engagement.account_day_feature except select * from features)
          union all (select * from features except select * from engagement.account_day_feature))
        select (select count(*) from differences) + (select count(*) from feature_differences)
        """));
}

internal static class Answers
{
    public static Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    /// <summary>(accepted, repeated, refused, parked)</summary>
    public static (int, int, int, int) Counts(this JsonElement answer) =>
        (answer.Number("accepted"), answer.Number("repeated"), answer.Number("refused"), answer.Number("parked"));

    public static string? Text(this JsonElement e, string member) => e.GetProperty(member).GetString();

    public static int Number(this JsonElement e, string member) => e.GetProperty(member).GetInt32();

    public static JsonElement Item(this JsonElement answer, int index) => answer.GetProperty("items")[index];
}

[CollectionDefinition(nameof(EngagementSystem))]
public sealed class EngagementSystemDefinition : ICollectionFixture<EngagementSystem>;
