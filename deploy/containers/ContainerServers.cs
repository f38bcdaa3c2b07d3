using System.Text;
using CsPlatform.Local;
using CsPlatform.Local.Servers;
using Npgsql;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace CsPlatform.Containers;

/// <summary>PostgreSQL and RabbitMQ in containers of their own, with the limits of the private instances.</summary>
internal sealed class ContainerServers : IAsyncDisposable
{
    private const string Admin = "csplatform-admin";
    private const ushort ManagementPort = 15672;
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(2);

    private readonly PostgreSqlContainer postgres;
    private readonly RabbitMqContainer rabbit;

    private ContainerServers(PostgreSqlContainer postgres, RabbitMqContainer rabbit, string rabbitPassword)
    {
        (this.postgres, this.rabbit) = (postgres, rabbit);
        Uri Broker(string scheme, ushort port) =>
            new($"{scheme}://{Admin}:{rabbitPassword}@{rabbit.Hostname}:{rabbit.GetMappedPublicPort(port)}/");
        Connections = new(
            new NpgsqlConnectionStringBuilder(postgres.GetConnectionString()) { Database = "postgres" }
                .ConnectionString,
            Broker("amqp", RabbitMqBuilder.RabbitMqPort), Broker("http", ManagementPort));
    }

    public ServerConnections Connections { get; }

    /// <summary>Starts both from these images and returns when they can be worked with.</summary>
    /// <param name="owner">Label of the containers, by which whoever started this finds them after a crash.</param>
    public static async Task<ContainerServers> StartAsync(string postgresImage, string rabbitImage, string owner)
    {
        var (postgresPassword, rabbitPassword) = (StateDirectory.NewSecret(), StateDirectory.NewSecret());
        var postgres = new PostgreSqlBuilder(postgresImage)
            .WithPassword(postgresPassword)
            .WithLabel(ContainerEngine.OwnerLabel, owner)
            .WithCommand([.. ServerLimits.Postgres.SelectMany(setting => new[] { "-c", setting })])
            .Build();
        var rabbit = new RabbitMqBuilder(rabbitImage)
            .WithUsername(Admin)
            .WithPassword(rabbitPassword)
            .WithLabel(ContainerEngine.OwnerLabel, owner)
            .WithPortBinding(ManagementPort, assignRandomHostPort: true)
            .WithResourceMapping(
                Encoding.ASCII.GetBytes(ServerLimits.Rabbit + "\n"), "/etc/rabbitmq/conf.d/20-csplatform.conf")
            .Build();
        await Task.WhenAll(postgres.StartAsync(), rabbit.StartAsync());

        var servers = new ContainerServers(postgres, rabbit, rabbitPassword);
        using var management = new BrokerAdmin(servers.Connections.Management);
        using var limit = new CancellationTokenSource(ReadyTimeout);
        await management.UntilReadyAsync(limit.Token);
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await rabbit.DisposeAsync();
    }
}
