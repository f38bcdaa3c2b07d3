using System.Text;
using CsPlatform.Engagement.Intake;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// Whatever a publisher may send over AMQP is counted, or parked with a reason and its bytes; it never stops the
/// reader.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed class AmqpHostileTests(EngagementSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_without_any_property_but_its_user_counts()
    {
        var account = await system.RegisterAsync("crm", "bare");
        await PublishAsync(Sample.Event("bare", "crm/bare"), _ => { });
        await CountsAsync(account, 1);
    }

    [Fact]
    public async Task Properties_and_headers_of_any_type_do_not_matter()
    {
        var account = await system.RegisterAsync("crm", "typed");
        var headers = new Dictionary<string, object?>
        {
            ["traceparent"] = 7,
            ["x-death"] = "a text, not the broker's list",
            ["integer"] = long.MinValue,
            ["boolean"] = true,
            ["nothing"] = null,
            ["double"] = double.MaxValue, // the broker itself cannot read NaN
            ["decimal"] = 12.5m,
            ["time"] = new AmqpTimestamp(long.MaxValue),
            ["bytes"] = new byte[] { 0xFF, 0x00, 0xFE },
            ["list"] = new List<object?> { 1, "two", new List<object?>(), null },
            ["table"] = new Dictionary<string, object?> { ["inner"] = new Dictionary<string, object?> { ["x"] = 1 } },
            ["a\0"] = "one",
            ["a\uFFFD"] = "two",
            [""] = "no name",
        };
        await PublishAsync(Sample.Event("typed", "crm/typed"), p =>
        {
            p.Headers = headers;
            p.ContentType = "text/html; charset=\"utf-7\"";
            p.ContentEncoding = "gzip";
            p.MessageId = new string('i', 250);
            p.CorrelationId = "\0";
            p.Type = "urn:message:nobody";
            p.Priority = 255;
            p.ReplyTo = "nobody";
        });
        // Refused, so that the headers are kept.
        await PublishAsync(Sample.Event("typed-bad", "nobody"), p => p.Headers = headers);

        await CountsAsync(account, 1);
        var parked = await ParkedAsync("subject-malformed", "typed-bad");
        var kept = parked.GetProperty("headers");
        Assert.Equal(("12.5", "True"), (kept.Text("decimal"), kept.Text("boolean")));
    }

    [Fact]
    public async Task A_body_above_the_limit_is_parked_whole()
    {
        var body = Encoding.UTF8.GetBytes(Sample.Event("huge").ToJsonString().PadRight((1 << 20) + 1));
        await system.PublishAsync(body);
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select count(*) from engagement.parked_event where reason = 'request-too-large' and raw = $1", body) == 1);
    }

    [Fact]
    public async Task The_broker_refuses_what_is_larger_than_it_takes()
    {
        await using var connection = await system.Amqp("publisher").CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Stop);
        await Assert.ThrowsAnyAsync<RabbitMQClientException>(async () => await channel.BasicPublishAsync(
            Topology.UsageEventsExchange, "", mandatory: true, new BasicProperties(), new byte[(16 << 20) + 1], Stop));
        Assert.Equal(
            (ShutdownInitiator.Peer, Constants.PreconditionFailed), (
                channel.CloseReason!.Initiator, channel.CloseReason.ReplyCode));
        Assert.Contains("message size", channel.CloseReason.ReplyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_and_a_redelivered_message_count_like_any_other()
    {
        var account = await system.RegisterAsync("crm", "expired");
        await system.StopAsync("engagement");
        try
        {
            await PublishAsync(Sample.Event("expired", "crm/expired"), p => p.Expiration = "1");
            await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
            await Eventually.HoldsAsync(async () => await channel.MessageCountAsync(UsageQueue.Dead, Stop) == 1);

            await PublishAsync(Sample.Event("redelivered", "crm/expired"), _ => { });
            await Eventually.HoldsAsync(async () =>
            {
                if (await channel.BasicGetAsync(UsageQueue.Name, autoAck: false, Stop) is not { } taken)
                    return false;
                await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true, Stop);
                return taken.Redelivered;
            });
        }
        finally
        {
            await system.RestartAsync("engagement");
        }

        await CountsAsync(account, 2);
    }

    [Fact]
    public async Task Headers_that_no_client_library_reads_stop_nobody_and_stay_in_the_broker()
    {
        var account = await system.RegisterAsync("crm", "unreadable");
        var unreadable = await UnreadableAsync();
        await using (var raw = await RawAmqp.ConnectAsync(system.Platform.Amqp("publisher")))
        {
            // Decimals of a scale that .NET does not have.
            foreach (var id in (string[])["unreadable-1", "unreadable-2"])
                await raw.PublishAsync(Topology.UsageEventsExchange, system.Platform.AmqpUser("publisher"),
                    RawAmqp.Field("d", 'D', 200, 0, 0, 0, 1), Body(id));
        }

        await system.PublishAllAsync([.. Enumerable.Range(0, 300).Select(i => Body($"beside-unreadable-{i}"))]);
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select coalesce(sum(events), 0)::bigint from engagement.account_day where account_id = $1",
            account) == 300,
            TimeSpan.FromMinutes(2));
        await Eventually.HoldsAsync(async () => await UnreadableAsync() == unreadable + 2, TimeSpan.FromMinutes(1));
        Assert.Empty(await system.ParkedAsync("delivery-limit"));
    }

    [Fact]
    public async Task Header_tables_nested_as_deep_as_the_broker_lets_them_do_no_harm()
    {
        var account = await system.RegisterAsync("crm", "nested");
        await using (var raw = await RawAmqp.ConnectAsync(system.Platform.Amqp("publisher")))
            await raw.PublishAsync(
                Topology.UsageEventsExchange, system.Platform.AmqpUser("publisher"), Nested(
                    4_600), Body("nested", "crm/nested"));
        await CountsAsync(account, 1);
    }

    private static byte[] Body(string id, string subject = "crm/unreadable") =>
        Encoding.UTF8.GetBytes(Sample.Event(id, subject).ToJsonString());

    private async Task<uint> UnreadableAsync()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        return await channel.MessageCountAsync(UsageQueue.Unreadable, Stop);
    }

    /// <summary>Tables in tables.</summary>
    private static byte[] Nested(int depth)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < depth; i++)
        {
            // Written from the innermost outwards: name, type, length.
            var length = bytes.Count;
            bytes.InsertRange(0, [1, (byte)'n', (byte)'F', (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
        }

        return [.. bytes];
    }

    private async Task PublishAsync(System.Text.Json.Nodes.JsonObject e, Action<BasicProperties> set)
    {
        await using var connection = await system.Amqp("publisher").CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Stop);
        var properties = new BasicProperties { UserId = system.Platform.AmqpUser("publisher") };
        set(properties);
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, properties,
            Encoding.UTF8.GetBytes(e.ToJsonString()), Stop);
    }

    private Task CountsAsync(Guid account, int events) =>
        Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
        "select coalesce(sum(events), 0)::bigint from engagement.account_day where account_id = $1",
        account) == events);

    private async Task<JsonElement> ParkedAsync(string reason, string eventId)
    {
        var id = (string)await Eventually.GetsAsync<object>(async () => (await system.ParkedAsync(reason))
            .Where(p => p.Text("eventId") == eventId).Select(
                p => (object)p.GetProperty("id").GetRawText()).FirstOrDefault());
        using var response = await system.Ops.GetAsync($"/v1/parked-events/{id}", Stop);
        return await response.JsonAsync();
    }
}
