using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Messaging;

/// <summary>
/// The past told again to one queue. Those who hear Accounts do not run: the tests have their queues.
/// </summary>
[Collection("One service, one test at a time")]
public sealed class RetellingTests(AccountsSystem system)
{
    private const string Exchange = "accounts.retelling";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retelling_killed_half_way_goes_on_with_the_next_leader_in_order_and_reaches_that_queue_alone()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Direct, durable: true, cancellationToken: Stop);
        // A queue that takes so many messages and then refuses: the retelling cannot come to its end by itself.
        await channel.QueueDeclareAsync("feedback", durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 250, ["x-overflow"] = "reject-publish" },
            cancellationToken: Stop);
        await channel.QueueBindAsync("feedback", Exchange, "feedback", cancellationToken: Stop);
        await ImportAsync(400);
        var told = await UntilToldAsync();
        var heard = system.Heard.Count;

        var asked = await RetellAsync(
            new { queue = "feedback", types = new[] { "AccountRegistered", "ExternalKeyLinked" } });
        await Eventually.HoldsAsync(async () => (await GetAsync(asked)).GetProperty("toldSequence").GetInt64() > 0);
        await system.KillAsync("accounts");
        ConcurrentQueue<(Guid Id, JsonElement Message)> received = [];
        await ReadAsync(channel, "feedback", received);
        await system.RestartAsync("accounts");
        await Eventually.HoldsAsync(async () => (await GetAsync(asked)).GetProperty("doneAt").ValueKind
            == JsonValueKind.String);

        await Eventually.PassesAsync(() =>
        {
            Assert.Equal(told.Order(), received.Select(r => r.Id).Distinct().Order());
            return Task.CompletedTask;
        });
        foreach (var account in received.DistinctBy(r => r.Id)
            .GroupBy(r => r.Message.GetProperty("accountId").GetGuid()))
        {
            var versions = account.Select(r => r.Message.GetProperty("version").GetInt64()).ToList();
            Assert.Equal(versions.Order(), versions);
        }
        Assert.Equal(heard, system.Heard.Count);
        Assert.Equal(told.Count, (await GetAsync(asked)).GetProperty("sent").GetInt32());
        await channel.QueueDeleteAsync("feedback", cancellationToken: Stop);
    }

    [Fact]
    public async Task A_queue_that_is_not_there_or_hears_nothing_of_it_is_refused()
    {
        await RefusedAsync(PostAsync(new { queue = "engagement" }), 404, "queue-unknown");
        await RefusedAsync(PostAsync(new { queue = "hears-accounts" }), 409, "queue-hears-nothing");
        var problem = await RefusedAsync(
            PostAsync(new { queue = "engagement", types = new[] { "StageEntered" } }), 400, "invalid");
        Assert.NotNull(problem["errors"]!["types"]);
        await RefusedAsync(PostAsync(new { queue = "", fromSequence = 0 }), 400, "invalid");
    }

    [Fact]
    public async Task A_queue_that_is_not_bound_to_the_exchange_ends_the_retelling_and_says_so()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeclareAsync(
            "health", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        await system.RegisterAsync();
        await UntilToldAsync();

        var asked = await RetellAsync(new { queue = "health" });

        await Eventually.HoldsAsync(async () => (await GetAsync(asked)).GetProperty("refusal").GetString()
            ?.Contains(Exchange, StringComparison.Ordinal) is true);
        await channel.QueueDeleteAsync("health", cancellationToken: Stop);
    }

    private async Task ImportAsync(int accounts)
    {
        var mark = $"{NewId():n}";
        var rows = Enumerable.Range(0, accounts).Select(i => $"Account {i},{mark}{i}\n");
        var file = $"name,key:crm\n{string.Concat(rows)}";
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(file));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv; charset=utf-8");
        await AnswerAsync(SendAsync(system.Editor, HttpMethod.Post, "/v1/accounts/imports", content));
    }

    /// <summary>The ids of all registrations and keys, once the outbox has told them.</summary>
    private async Task<IReadOnlyCollection<Guid>> UntilToldAsync()
    {
        List<Guid> ids = [];
        await using (var read = system.Database("accounts").CreateCommand(
            "select id from accounts.mt_events where type in ('account_registered.v1', 'external_key_linked.v1')"))
        await using (var rows = await read.ExecuteReaderAsync(Stop))
            while (await rows.ReadAsync(Stop))
                ids.Add(rows.GetGuid(0));
        await Eventually.HoldsAsync(async () =>
        {
            await using var behind = system.Database("accounts").CreateCommand("""
                select (select max(seq_id) from accounts.mt_events)
                  = (select last_seq_id from accounts.mt_event_progression where name like 'outbox:%')
                """);
            return await behind.ExecuteScalarAsync(Stop) is true;
        });
        await Eventually.HoldsAsync(() => Task.FromResult(!ids.Except(system.Heard.Select(h => h.Id)).Any()));
        return ids;
    }

    private static async Task ReadAsync(
        IChannel channel, string queue, ConcurrentQueue<(Guid Id, JsonElement Message)> received)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            received.Enqueue((
                Guid.Parse(delivery.BasicProperties.MessageId!),
                JsonElement.Parse(delivery.Body.Span).GetProperty("message")));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, Stop);
    }

    private Task<HttpResponseMessage> PostAsync(object retell) => SendAsync(
        system.Client("accounts", Roles.Ops), HttpMethod.Post, "/v1/retellings", JsonContent.Create(retell));

    private async Task<Uri> RetellAsync(object retell)
    {
        using var answer = await PostAsync(retell);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return answer.Headers.Location!;
    }

    private async Task<JsonElement> GetAsync(Uri retelling) =>
        await system.Client("accounts", Roles.Ops).GetFromJsonAsync<JsonElement>(retelling, Stop);
}
