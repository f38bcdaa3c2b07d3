using CsPlatform.Local;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CsPlatform.AppHost;

/// <summary>Where the servers of this run come from.</summary>
internal enum ServerKind
{
    /// <summary>Instances of our own, from the machine's packages: started before and ended after the rest.</summary>
    Private,

    /// <summary>Containers of our own, with volumes.</summary>
    Containers,

    /// <summary>Servers that are there already, to which we have an administrator's access.</summary>
    Given,
}

/// <summary>
/// The system of one state directory while AppHost runs it. Secrets are read from that directory and handed to each
/// program on its own: whatever is in AppHost's environment, every program that it starts inherits.
/// </summary>
internal sealed class HostedSystem : IAsyncDisposable
{
    public const string Help = """
        dotnet run --project AppHost [-- --State=<folder> --Servers=<private|containers|file>]

        Runs CsPlatform with its dashboard in the foreground, until Ctrl-C; `./cs up` does the same in the background
        and installs PostgreSQL and RabbitMQ first.

          --State     where ports, passwords, data and logs are kept (default: .local/system of this clone)
          --Servers   private: PostgreSQL and RabbitMQ of this machine's packages, as instances of our own (the default
                      where both are installed); containers: needs an engine that answers (the default where one does);
                      or a JSON file that names an administrator's access to servers that are there already

        CSP_POSTGRES_IMAGE and CSP_RABBITMQ_IMAGE name other images than those of deploy/images/README.md.
        """;

    private readonly PrivateServers? servers;
    private readonly RunLock runLock;

    private HostedSystem(
        StateDirectory state, RunLock runLock, ServerKind kind, ServerConnections connections,
        PrivateServers? servers = null)
    {
        (State, this.runLock, Kind, this.servers) = (state, runLock, kind, servers);
        Options = PlatformOptions.Read(state);
        Installation = new(state, connections, Options);
        connections.Write(state);
        foreach (var service in PlatformOptions.AllServices)
            _ = state.Port(service); // all before the first start: each service is told the others' addresses
    }

    public StateDirectory State { get; }
    public ServerKind Kind { get; }
    public PlatformOptions Options { get; }
    public Installation Installation { get; }

    /// <summary>Images of both servers, where these are containers.</summary>
    public (string Postgres, string RabbitMq) Images { get; private init; }

    /// <summary>Completes when a private server ends; never where the servers are not ours to keep.</summary>
    public Task ServersEnded => servers?.Ended ?? new TaskCompletionSource().Task;

    /// <summary>Takes the state directory for this run, and starts the servers where they are private.</summary>
    /// <exception cref="LocalException">
    /// Something runs there already, or no servers are to be had: says what to do.
    /// </exception>
    public static async Task<HostedSystem> OpenAsync(string[] args)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        var state = new StateDirectory(settings["State"] ?? HostProcess.DefaultState);
        var runLock = RunLock.Take(state); // before anything in it is changed: another one may run here
        HostProcess.OfThis(state);
        var servers = settings["Servers"] ?? HostProcess.LastServers(state) ?? HostProcess.ServersHere();
        if (servers is HostProcess.Private or HostProcess.Containers)
            HostProcess.RememberServers(state, servers);
        var system = servers switch
        {
            HostProcess.Private => await OnPrivateServersAsync(state, runLock),
            HostProcess.Containers => new(state, runLock, ServerKind.Containers, ContainerSettings.Connections(state))
            {
                Images = await ContainerSettings.ImagesAsync(CancellationToken.None),
            },
            var file => new(state, runLock, ServerKind.Given, ServerConnections.Read(file)),
        };
        Environment.SetEnvironmentVariable(HostProcess.Mark, state.Root); // after the private servers: they end last
        return system;
    }

    private static async Task<HostedSystem> OnPrivateServersAsync(StateDirectory state, RunLock runLock)
    {
        var servers = await PrivateServers.StartAsync(state, runLock, Console.WriteLine, CancellationToken.None);
        return new(state, runLock, ServerKind.Private, servers.Connections, servers);
    }

    /// <summary>
    /// A builder whose dashboard, telemetry and resource service listen on loopback and ask for their keys.
    /// </summary>
    public IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(
        [
            "--environment=Development",
            "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true", // plain HTTP: nothing leaves this machine
            $"ASPNETCORE_URLS=http://127.0.0.1:{State.Port(HostProcess.DashboardPort)}",
            $"ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:{State.Port("otlp")}",
            $"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://127.0.0.1:{State.Port("resource-service")}",
            "DcpPublisher:WaitForResourceCleanup=true", // the servers end after the services
            .. args,
        ]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AppHost:BrowserToken"] = State.Secret(HostProcess.DashboardPort),
            ["AppHost:OtlpApiKey"] = State.Secret("otlp"),
            ["AppHost:DashboardApiKey"] = State.Secret("telemetry-api"),
        });
        // Each resource's output goes to the dashboard and to a file of its own; the login link is in `./cs status`.
        builder.Services.AddLogging(log => log.AddFilter("CsPlatform.AppHost.Resources", LogLevel.None)
            .AddFilter("Aspire.Hosting", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            // The dashboard shows what is ill.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        builder.Services.AddSingleton(this);
        builder.Services.AddHostedService<Restarter>();
        builder.Services.AddHostedService<LogFiles>();
        return builder;
    }

    public async ValueTask DisposeAsync()
    {
        if (servers is not null)
            await servers.DisposeAsync();
        HostProcess.Forget(State);
        runLock.Dispose();
    }
}
