using System.Security.Cryptography;
using CsPlatform.Local;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace CsPlatform.TestSystem;

/// <summary>
/// A CsPlatform of its own for one test class, collection or assembly: own databases, roles, virtual host, users and
/// key, and the named services as real processes. Derive to say which:
/// <c>public sealed class AccountsSystem() : SystemFixture("accounts");</c>
/// </summary>
public abstract class SystemFixture(params string[] services) : IAsyncLifetime
{
    private readonly Dictionary<string, NpgsqlDataSource> owners = [];
    private readonly List<HttpClient> clients = [];
    private LocalPlatform? platform;
    private MessageTap? messages;

    /// <summary>The running system, with everything that this fixture has no shorter word for.</summary>
    public LocalPlatform Platform => platform ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>What the services have said to each other and to the outside so far.</summary>
    public MessageTap Messages => messages ?? throw new InvalidOperationException("The fixture has no tap.");

    /// <summary>False for tests of what happens while nobody hears a message.</summary>
    protected virtual bool HasTap => true;

    /// <summary>Clock, environment and settings of the services.</summary>
    protected virtual PlatformOptions Options => new();

    public virtual async ValueTask InitializeAsync()
    {
        var suffix = "_" + RandomNumberGenerator.GetHexString(6, lowercase: true);
        var servers = await AcquireServersAsync();
        try
        {
            platform = await LocalPlatform.CreateAsync(
                NewState(GetType().Name + suffix), servers, Options with { Suffix = suffix }, Report);
            if (HasTap)
                messages = await MessageTap.StartAsync(AmqpAdmin());
            if (services.Length > 0)
                await StartAsync(services);
        }
        catch
        {
            await DisposeAsync(); // xunit does not dispose a fixture that did not come up
            throw;
        }
    }

    /// <summary>Migrates and starts these services and waits until they are healthy.</summary>
    public Task StartAsync(params string[] names) => Platform.StartAsync(names, TestContext.Current.CancellationToken);

    /// <summary>kill -9.</summary>
    public Task KillAsync(string service) => Platform.KillAsync(service);

    /// <summary>SIGTERM.</summary>
    public Task StopAsync(string service) => Platform.StopAsync(service);

    /// <summary>Starts it again and waits until it is healthy.</summary>
    public Task RestartAsync(string service) => Platform.RestartAsync(service, TestContext.Current.CancellationToken);

    /// <summary>A client of the service with a token of these roles; without a token when no role is named.</summary>
    public HttpClient Client(string service, params string[] roles) =>
        Client(service, roles.Length == 0 ? null : new TokenClaims(roles));

    public HttpClient Client(string service, TokenClaims? claims)
    {
        var client = Platform.Client(service, claims);
        clients.Add(client);
        return client;
    }

    /// <summary>A client that may publish usage events of these sources.</summary>
    public HttpClient PublisherClient(string service, params string[] sources) =>
        Client(service, new TokenClaims(Roles.Publisher) { Subject = "publisher", Sources = sources });

    /// <summary>The service's database, as the owner of its schema.</summary>
    public NpgsqlDataSource Database(string service)
    {
        lock (owners)
            return owners.TryGetValue(service, out var known) ? known
                : owners[service] = NpgsqlDataSource.Create(Platform.OwnerConnectionString(service));
    }

    /// <summary>
    /// Connections as an outside publisher or subscriber ("publisher", "subscriber") or as a service.
    /// </summary>
    public ConnectionFactory Amqp(string user) => new() { Uri = Platform.Amqp(user) };

    /// <summary>Connections that may do everything in this system's virtual host.</summary>
    public ConnectionFactory AmqpAdmin() => new() { Uri = Platform.AdminAmqp };

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var client in clients)
            client.Dispose();
        foreach (var owner in owners.Values)
            await owner.DisposeAsync();
        if (messages is not null)
            await messages.DisposeAsync();
        if (platform is not null)
        {
            await platform.DisposeAsync();
            await platform.DropAsync();
            platform = null;
        }
        await ReleaseServersAsync();
    }

    /// <summary>The servers that it runs on; shared with other systems, unless it hurts them.</summary>
    protected virtual Task<ServerConnections> AcquireServersAsync() => SharedServers.AcquireAsync();

    /// <summary>Called once at the end, also of a start that failed.</summary>
    protected virtual Task ReleaseServersAsync() => SharedServers.ReleaseAsync();

    /// <summary>
    /// A folder where <c>./cs test</c> and <c>./cs down</c> find what a crash has left. Logs stay for reading after the
    /// run:
    /// <c>./cs test</c> begins with an empty folder, other runs forget after a day.
    /// </summary>
    protected internal static StateDirectory NewState(string name)
    {
        var root = Directory.CreateDirectory(Path.Combine(StateRoot, "systems"));
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1);
        foreach (var folder in root.GetDirectories().Where(d => d.CreationTimeUtc < old))
            new StateDirectory(folder.FullName).Delete();
        return new(Path.Combine(root.FullName, name));
    }

    /// <summary>Where the systems of this run keep their state and logs.</summary>
    public static string StateRoot => Environment.GetEnvironmentVariable("CSP_TEST_STATE") is { Length: > 0 } given
        ? given
        : Path.Combine(Clone.Root, ".local", "test");

    private static void Report(string line) => TestContext.Current.SendDiagnosticMessage(line);
}
