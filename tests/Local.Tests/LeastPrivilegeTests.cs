using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.Local.Tests;

public sealed class EmptySystem : SystemFixture
{
    protected override PlatformOptions Options => new() { Subscribers = ["subscriber", "rival"] };
}

[CollectionDefinition(nameof(EmptySystem))]
public sealed class EmptySystemIsShared : ICollectionFixture<EmptySystem>;

/// <summary>On real servers: what a stolen password of one service or client is worth.</summary>
[Collection(nameof(EmptySystem))]
public sealed class LeastPrivilegeTests(EmptySystem system)
{
    private const string InsufficientPrivilege = "42501";

    [Theory]
    [InlineData("health")]
    [InlineData("postgres")]
    [InlineData("template1")]
    public async Task A_service_connects_to_its_own_database_only(string other)
    {
        var own = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString("accounts"));
        await using var works = await OpenAsync(own.ConnectionString);

        own.Database = other == "health" ? DatabaseOf("health") : other;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(own.ConnectionString));

        Assert.Equal(InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [InlineData("create role r")]
    [InlineData("create database d")]
    [InlineData("select pg_read_file('/etc/passwd')")]
    [InlineData("copy (select 1) to program 'true'")]
    public async Task A_service_makes_no_role_and_no_database_and_reaches_no_file(string sql)
    {
        await using var service = await OpenAsync(system.Platform.ConnectionString("accounts"));
        await using var command = new NpgsqlCommand(sql, service);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_owner_of_a_database_makes_schemas_in_it_and_is_nobody_elsewhere()
    {
        await using var command = system.Database("accounts").CreateCommand("create schema s create table t (id int)");
        await command.ExecuteNonQueryAsync();

        var owner = new NpgsqlConnectionStringBuilder(system.Platform.OwnerConnectionString("accounts"))
        {
            Database = DatabaseOf("health"),
        };
        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(owner.ConnectionString));
    }

    [Fact]
    public async Task A_publisher_publishes_as_itself_only_and_reads_nothing()
    {
        await DeclareUsageEventsAsync();
        await using var connection = await system.Amqp("publisher").CreateConnectionAsync();
        Task PublishAs(string user) => OnChannelAsync(connection, async channel => await channel.BasicPublishAsync(
            Topology.UsageEventsExchange, "", true, new BasicProperties { UserId = user }, "{}"u8.ToArray()));

        await PublishAs(system.Platform.AmqpUser("publisher"));
        await AssertClosed(406, () => PublishAs("somebody-else"));
        await AssertClosed(403, () => OnChannelAsync(connection, c => c.QueueDeclareAsync("publisher")));
        await AssertClosed(403, () => OnChannelAsync(connection, c => c.BasicGetAsync("intake", true)));
    }

    [Fact]
    public async Task A_subscriber_binds_its_own_queue_to_the_alerts_and_cannot_forge_one()
    {
        await using var connection = await system.Amqp("subscriber").CreateConnectionAsync();
        await OnChannelAsync(connection, async channel =>
        {
            await channel.QueueDeclareAsync("subscriber.crm", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync("subscriber.crm", Topology.AlertsExchange, "#");
        });

        await AssertClosed(403, () => OnChannelAsync(connection, c => c.QueueDeclareAsync("stranger")));
        await AssertClosed(403, () => OnChannelAsync(connection, c => c.ExchangeDeclareAsync("stranger", "fanout")));
        await AssertClosed(403, () => OnChannelAsync(connection, async c => await c.BasicPublishAsync(
            Topology.AlertsExchange, "x", true, new BasicProperties(), "{}"u8.ToArray())));
        await AssertClosed(403, () => OnChannelAsync(connection, async c => await c.BasicPublishAsync(
            "", "subscriber.crm", true, new BasicProperties(), "{}"u8.ToArray())));
    }

    [Fact]
    public async Task A_service_cannot_publish_the_message_of_another()
    {
        await using var connection = await system.Amqp("feedback").CreateConnectionAsync();
        var foreign = Topology.Services.Single(s => s.Name == "accounts").Publishes[0];
        var heard = $"{foreign.Namespace}:{foreign.Name}";

        await AssertClosed(403, () => OnChannelAsync(connection, async c => await c.BasicPublishAsync(
            heard, "", true, new BasicProperties(), "{}"u8.ToArray())));
    }

    private string? DatabaseOf(string service) =>
        new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString(service)).Database;

    // With confirms a refused publish fails at once instead of closing the channel some time later.
    private static async Task OnChannelAsync(IConnection connection, Func<IChannel, Task> use)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }

    private static async Task AssertClosed(ushort code, Func<Task> act)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(act);
        for (var e = refused; ; e = e.InnerException)
        {
            Assert.NotNull(e);
            if (e is OperationInterruptedException { ShutdownReason.ReplyCode: var reply })
            {
                Assert.Equal(code, reply);
                return;
            }
        }
    }

    private async Task DeclareUsageEventsAsync()
    {
        await using var admin = await system.AmqpAdmin().CreateConnectionAsync();
        await OnChannelAsync(admin, async channel =>
        {
            await channel.ExchangeDeclareAsync(Topology.UsageEventsExchange, ExchangeType.Fanout, durable: true);
            await channel.QueueDeclareAsync("intake", durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync("intake", Topology.UsageEventsExchange, "");
        });
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
