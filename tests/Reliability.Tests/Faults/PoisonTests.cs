using System.Text;
using CsPlatform.Reliability.Tests.Crashes;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using RabbitMQ.Client;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// What a service cannot handle waits in its table of failed messages, whole and with the reason, and what stands
/// behind it in the queue goes on.
/// </summary>
[Collection(nameof(FaultsSystem))]
public sealed class PoisonTests(FaultsSystem system)
{
    private const string MassTransit = "application/vnd.masstransit+json";
    private const string Registered = "CsPlatform.Contracts.Accounts.V1:AccountRegistered";

    private static readonly (string ContentType, string Body)[] Poison =
    [
        (MassTransit, "{ this is no JSON"),
        (MassTransit, "[1, 2, 3]"),
        (MassTransit, Envelope("urn:message:Elsewhere:Unknown", "{}")), // a type that nobody knows
        (MassTransit, Envelope($"urn:message:{Registered}", "{}")), // an old version without what is needed now
        (MassTransit, Envelope($"urn:message:{Registered}", """{ "accountId": "x", "version": "y" }""")),
        ("image/png", "\u0089PNG"),
        ("text/plain", "\u0000\u0001\ufffd"),
    ];

    [Fact]
    public async Task Poison_of_every_kind_waits_for_a_replay_and_blocks_nobody()
    {
        var poisons = new List<(string Service, Guid Id)>();
        foreach (var service in (string[])["engagement", "health", "feedback", "renewals"])
            foreach (var (contentType, body) in Poison)
                poisons.Add((service, await SendAsync(service, contentType, Encoding.UTF8.GetBytes(body))));

        await new AccountLife(system).RegisterAsync($"behind-{Environment.TickCount64}");
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
        foreach (var (service, id) in poisons)
            // set aside at once, not after fifty times
            Assert.NotEqual("delivery_limit", await ReasonAsync(service, id));
    }

    [Fact]
    public async Task Sixteen_mebibytes_that_are_no_event_are_parked_whole()
    {
        await using var load = new UsageLoad(system);

        await load.PlantAsync("request-too-large", new string('x', 16 * 1024 * 1024));

        await system.UntilAtRestAsync();
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
    }

    [Fact]
    public async Task A_message_that_was_delivered_too_often_does_not_vanish()
    {
        await system.StopAsync("feedback");
        var body = Encoding.UTF8.GetBytes(Envelope($"urn:message:{Registered}", "{}"));
        var id = await SendAsync("feedback", MassTransit, body);
        await using (var connection = await system.AmqpAdmin().CreateConnectionAsync(Stop))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Stop))
        {
            // As readers that die of it do: taken and never answered.
            await Eventually.HoldsAsync(async () =>
            {
                if (await channel.BasicGetAsync("feedback", autoAck: false, Stop) is { } delivery)
                    await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, Stop);
                return (await channel.QueueDeclarePassiveAsync("feedback_error", Stop)).MessageCount == 1;
            });
        }
        await system.RestartAsync("feedback");

        await system.UntilAtRestAsync();
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
        Assert.Equal("delivery_limit", await ReasonAsync("feedback", id));
    }

    [Fact]
    public async Task A_handler_that_fails_every_third_time_loses_nothing()
    {
        await ExecuteAsync("""
            create sequence health.every_third;
            grant usage on sequence health.every_third to public;
            create function health.fail_every_third() returns trigger language plpgsql as $$
            begin
              if nextval('health.every_third') % 3 = 0 then raise exception 'every third time'; end if;
              return new;
            end $$;
            create trigger every_third before insert on health.account_fact
              for each row execute function health.fail_every_third();
            """);
        try
        {
            var life = new AccountLife(system);
            var name = $"third-{Environment.TickCount64 % 100_000}";
            for (var i = 0; i < 9; i++)
                await life.RegisterAsync($"{name}-{i}");

            await system.UntilAtRestAsync();
            (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
            await using var tries = system.Database("health").CreateCommand(
                "select last_value from health.every_third");
            // nine, and the repeats of those that failed
            Assert.InRange((long)(await tries.ExecuteScalarAsync(Stop))!, 10, long.MaxValue);
        }
        finally
        {
            await ExecuteAsync("""
                drop trigger every_third on health.account_fact;
                drop function health.fail_every_third();
                drop sequence health.every_third;
                """);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<Guid> SendAsync(string service, string contentType, byte[] body)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        system.Planted.Fail(service, id, body);
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync("", service, mandatory: true, new BasicProperties
        {
            ContentType = contentType,
            MessageId = $"{id}",
            Persistent = true,
        }, body);
        return id;
    }

    private async Task<string> ReasonAsync(string service, Guid id)
    {
        await using var read = system.Database(service).CreateCommand(
            $"select reason from {service}.failed_message where id = $1");
        read.Parameters.AddWithValue(id);
        return (string)(await read.ExecuteScalarAsync(Stop))!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = system.Database("health").CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string Envelope(string type, string message) => $$"""
        { "messageId": "{{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}}", "messageType": ["{{type}}"],
          "message": {{JsonSerializer.Deserialize<JsonElement>(message)}} }
        """;
}
