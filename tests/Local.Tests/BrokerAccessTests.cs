using System.Net.Http.Headers;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Local.Tests;

/// <summary>
/// Every broker user tries everything on every queue and exchange; what succeeds is what Topology says.
/// </summary>
[Collection(nameof(EmptySystem))]
public sealed class BrokerAccessTests(EmptySystem system)
{
    private static readonly IReadOnlyList<string> Queues = [.. BrokerNames.Queues, "subscriber.crm", "rival.crm"];

    public static TheoryData<string> Users =>
        [.. Topology.Services.Select(s => s.Name), "publisher", "subscriber", "rival"];

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_publishes_its_own_messages_only(string user)
    {
        var service = Topology.Services.SingleOrDefault(s => s.Name == user);
        HashSet<string> own = [.. (service?.Publishes ?? []).Select(BrokerNames.ExchangeOf), .. service?.PublicTopics ?? []];
        if (user == "publisher")
            own.Add(Topology.UsageEventsExchange);
        bool Publishes(string exchange) => own.Contains(exchange) || IsOwn(user, exchange);

        await HoldsAsync(user, [.. BrokerNames.Exchanges, ""], Publishes, async (channel, exchange) =>
            await channel.BasicPublishAsync(
                exchange, "nobody", mandatory: false, new BasicProperties(), "{}"u8.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_hears_its_subscriptions_only(string user)
    {
        var service = Topology.Services.SingleOrDefault(s => s.Name == user);
        HashSet<string> heard = [.. (service?.Consumes ?? []).Select(BrokerNames.ExchangeOf)];
        if (user == "engagement")
            heard.Add(Topology.UsageEventsExchange);
        if (user is "subscriber" or "rival")
            heard.Add(Topology.AlertsExchange);
        if (user != "publisher")
            heard.UnionWith(BrokerNames.RetellingsTo(service));
        var queue = service?.Name ?? user + ".crm";
        bool Hears(string exchange) => heard.Contains(exchange) || IsOwn(user, exchange);

        await HoldsAsync(user, BrokerNames.Exchanges, Hears, (channel, exchange) =>
            channel.QueueBindAsync(queue, exchange, "nobody"));
    }

    /// <summary>
    /// Another type is refused as a conflict to whoever may declare, hence delete, the exchange; to others as
    /// forbidden.
    /// </summary>
    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_declares_and_deletes_no_exchange_but_of_its_own_messages_and_subscriptions(string user)
    {
        var service = Topology.Services.SingleOrDefault(s => s.Name == user);
        HashSet<string> known =
        [
            .. (service?.Publishes ?? []).Concat(service?.Consumes ?? []).Select(BrokerNames.ExchangeOf),
            .. service?.PublicTopics ?? [],
        ];
        if (user == "engagement")
            known.Add(Topology.UsageEventsExchange);
        if (service is not null)
            known.UnionWith(BrokerNames.RetellingsTo(service));
        bool Declares(string exchange) => known.Contains(exchange) || IsOwn(user, exchange);

        await HoldsAsync(user, [.. BrokerNames.Exchanges, "stranger", "amq.topic"], Declares, async (channel, exchange) =>
        {
            try
            {
                await channel.ExchangeDeclareAsync(exchange, ExchangeType.Headers, durable: true);
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 406)
            {
            }
        });
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_reads_empties_and_deletes_no_queue_of_another(string user)
    {
        bool Owns(string queue) => IsOwn(user, queue);
        string[] others = [.. Queues.Where(q => !Owns(q))];

        await HoldsAsync(user, Queues, Owns, (channel, queue) => channel.BasicGetAsync(queue, autoAck: true));
        await HoldsAsync(user, Queues, Owns, (channel, queue) => channel.QueuePurgeAsync(queue));
        await HoldsAsync(user, Queues, Owns, (channel, queue) => channel.BasicConsumeAsync(
            queue, true, "", false, exclusive: false, null, new AsyncEventingBasicConsumer(channel)));
        await HoldsAsync(user, others, _ => false, (channel, queue) => channel.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task A_client_that_leaks_connections_is_stopped_at_its_limit()
    {
        var client = system.Amqp("rival");
        client.AutomaticRecoveryEnabled = false; // a refused connection is not to be tried again
        List<IConnection> opened = [];
        try
        {
            // The client library does not wait for the broker's answer to an opening: the refusal comes behind it.
            while (opened.Count < 120)
                opened.Add(await client.CreateConnectionAsync());
            await Eventually.HoldsAsync(() => Task.FromResult(opened.Count(c => c.IsOpen) == 100));
            Assert.All(opened.Where(c => !c.IsOpen), c => Assert.Equal((ushort?)530, c.CloseReason?.ReplyCode));

            await using var another = await system.Amqp("subscriber").CreateConnectionAsync();
            await using var channel = await another.CreateChannelAsync();
            Assert.True(channel.IsOpen);
        }
        finally
        {
            foreach (var connection in opened)
                await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Every_user_has_limits_and_none_is_called_guest()
    {
        using var management = Management(system.Platform.Servers.Management.UserInfo);
        var limits = (await management.GetFromJsonAsync<JsonElement>("/api/user-limits")).EnumerateArray()
            .ToDictionary(l => l.GetProperty("user").GetString()!, l => l.GetProperty("value").ToString());

        foreach (var user in Users.Select(u => u.Data))
        {
            var limit = JsonDocument.Parse(limits[system.Platform.AmqpUser(user)]).RootElement;
            Assert.Equal(100, limit.GetProperty("max-connections").GetInt32());
            Assert.Equal(1000, limit.GetProperty("max-channels").GetInt32());
        }
        Assert.Equal(HttpStatusCode.NotFound, (await management.GetAsync("/api/users/guest")).StatusCode);
        var asGuest = new UriBuilder(system.Platform.AdminAmqp) { UserName = "guest", Password = "guest" };
        var guest = new ConnectionFactory { Uri = asGuest.Uri };
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => guest.CreateConnectionAsync());
    }

    [Fact]
    public async Task The_management_pages_and_api_are_for_the_administrator_only()
    {
        foreach (var userInfo in (string?[])
                 [null, "guest:guest", system.Platform.Amqp("health").UserInfo, system.Platform.Amqp("subscriber").UserInfo])
        {
            using var management = Management(userInfo);
            foreach (var path in (string[])["/api/overview", "/api/users", "/api/definitions", "/api/queues", "/metrics"])
                Assert.DoesNotContain(
                    (await management.GetAsync(path)).StatusCode, (HttpStatusCode[])[HttpStatusCode.OK]);
        }
        using var administrator = Management(system.Platform.Servers.Management.UserInfo);
        Assert.Equal(HttpStatusCode.OK, (await administrator.GetAsync("/api/overview")).StatusCode);
    }

    /// <summary>The user tries this on each; exactly those that it may are allowed, the others forbidden.</summary>
    private async Task HoldsAsync(
        string user, IReadOnlyList<string> names, Predicate<string> isAllowed, Func<IChannel, string, Task> tries)
    {
        await EverythingExistsAsync();
        await using var connection = await system.Amqp(user).CreateConnectionAsync();
        List<string> seen = [];
        foreach (var name in names)
            if (await IsAllowedAsync(connection, channel => tries(channel, name)))
                seen.Add(name);

        Assert.Equal(names.Where(n => isAllowed(n)), seen);
    }

    private static async Task<bool> IsAllowedAsync(IConnection connection, Func<IChannel, Task> tries)
    {
        // With confirms a refused publish fails at once instead of closing the channel some time later.
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        try
        {
            await tries(channel);
            return true;
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or PublishException)
        {
            Assert.Equal((ushort)403, channel.CloseReason?.ReplyCode);
            return false;
        }
    }

    private async Task EverythingExistsAsync()
    {
        await using var admin = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await admin.CreateChannelAsync();
        // that one the tap made
        foreach (var exchange in BrokerNames.Exchanges.Where(e => e != Topology.AlertsExchange))
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        foreach (var queue in Queues)
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }

    /// <summary>
    /// What hangs on a service's or a subscriber's name; Engagement's too, where usage goes that no queue takes.
    /// </summary>
    private static bool IsOwn(string user, string name) =>
        name == user || name.StartsWith(user + "_", StringComparison.Ordinal)
        || name.StartsWith(user + "-", StringComparison.Ordinal)
        || name.StartsWith(user + ".", StringComparison.Ordinal)
        || (user == "engagement" && name == Topology.UsageEventsExchange + ".unrouted");

    private HttpClient Management(string? userInfo)
    {
        var management = system.Platform.Servers.Management;
        var client = new HttpClient { BaseAddress = new Uri($"{management.Scheme}://{management.Host}:{management.Port}") };
        if (userInfo is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(userInfo))));
        return client;
    }
}
