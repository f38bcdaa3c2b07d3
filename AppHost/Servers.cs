using CsPlatform.Local.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace CsPlatform.AppHost;

/// <summary>PostgreSQL and RabbitMQ, as the dashboard shows them.</summary>
internal static class Servers
{
    /// <summary>Both servers of the run, each with a check whether it can be worked with.</summary>
    public static (IResourceBuilder<IResource> Postgres, IResourceBuilder<IResource> RabbitMq) AddServers(
        this IDistributedApplicationBuilder builder, HostedSystem system) => system.Kind == ServerKind.Containers
            ? builder.AddContainers(system)
            : (builder.AddRunning("postgres", "PostgreSQL", system, Answers(system.Installation.Servers.Postgres)),
               builder.AddRunning("rabbitmq", "RabbitMQ", system, Answers(system.Installation.Servers.Management),
                   Pages(system.Installation.Servers.Management)));

    private static IResourceBuilder<RunningServer> AddRunning(
        this IDistributedApplicationBuilder builder, string name, string type, HostedSystem system,
        Func<CancellationToken, Task<bool>> answers, params UrlSnapshot[] urls)
    {
        builder.Services.AddHealthChecks().AddAsyncCheck(name, async stop => await answers(stop)
            ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("does not answer"));
        return builder.AddResource(new RunningServer(name))
            .WithInitialState(new()
            {
                ResourceType = type,
                State = KnownResourceStates.Running,
                StartTimeStamp = TimeProvider.System.GetUtcNow().UtcDateTime,
                Properties = [new(CustomResourceKnownProperties.Source,
                    system.Kind == ServerKind.Private ? "private instance" : "given")],
                Urls = [.. urls],
            })
            .WithHealthCheck(name)
            .ExcludeFromManifest();
    }

    private static (IResourceBuilder<IResource>, IResourceBuilder<IResource>) AddContainers(
        this IDistributedApplicationBuilder builder, HostedSystem system)
    {
        var state = system.State;
        var (postgresImage, rabbitImage) = system.Images;
        var postgres = builder.AddPostgres("postgres",
                builder.AddParameter("postgres-user", ContainerSettings.PostgresUser),
                builder.AddParameter("postgres-password", state.Secret(PostgresServer.Name), secret: true),
                state.Port(PostgresServer.Name))
            .WithImage(postgresImage).WithImageRegistry(null)
            .WithDataVolume(ContainerSettings.Volume(state, PostgresServer.Name))
            .WithArgs([.. ServerLimits.Postgres.SelectMany(setting => new[] { "-c", setting })]);
        var rabbit = builder.AddRabbitMQ("rabbitmq",
                builder.AddParameter("rabbitmq-user", RabbitServer.Admin),
                builder.AddParameter("rabbitmq-password", state.Secret(RabbitServer.Name), secret: true),
                state.Port(RabbitServer.Name))
            .WithManagementPlugin(state.Port(RabbitServer.ManagementName))
            .WithImage(rabbitImage).WithImageRegistry(null)
            .WithDataVolume(ContainerSettings.Volume(state, RabbitServer.Name))
            .WithContainerFiles("/etc/rabbitmq/conf.d",
                [new ContainerFile { Name = "20-csplatform.conf", Contents = ServerLimits.Rabbit + "\n" }]);
        return (postgres, rabbit);
    }

    private static Func<CancellationToken, Task<bool>> Answers(string postgres) => async stop =>
    {
        try
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(postgres) { Pooling = false, Timeout = 3 }.ConnectionString);
            await connection.OpenAsync(stop);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    };

    private static Func<CancellationToken, Task<bool>> Answers(Uri management) => async stop =>
    {
        using var admin = new BrokerAdmin(management);
        return await admin.IsReadyAsync(stop);
    };

    private static UrlSnapshot Pages(Uri management) =>
        new("management", $"http://{management.Host}:{management.Port}/", IsInternal: false)
        {
            DisplayProperties = new("management pages", 0),
        };

    /// <summary>A server that AppHost's own resources do not start.</summary>
    private sealed class RunningServer(string name) : Resource(name);
}
