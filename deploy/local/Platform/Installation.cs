using System.Net.Http.Headers;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Platform;

/// <summary>
/// The one description of a CsPlatform: which databases, roles, virtual host and users it has on its servers, where
/// each service listens, and what each is told. AppHost, the demo and the tests run what is described here.
/// </summary>
public class Installation
{
    private readonly StateDirectory state;
    private readonly Databases databases;
    private readonly Broker broker;

    /// <param name="state">Where ports, passwords and the key are kept.</param>
    /// <param name="servers">Administrator's access to the servers.</param>
    /// <param name="options">How this one differs from the next.</param>
    public Installation(StateDirectory state, ServerConnections servers, PlatformOptions options)
    {
        (this.state, Servers, Options) = (state, servers, options);
        databases = new(servers.Postgres, options.Suffix, role => state.Secret("postgres:" + role));
        broker = new(servers, options, state.Secret);
        Key = SigningKey.Of(state);
    }

    /// <summary>The installation that a program started last in this state directory.</summary>
    /// <exception cref="LocalException">There was none.</exception>
    public static Installation Of(StateDirectory state) => new(
        state, ServerConnections.Read(state) ?? throw new LocalException("It was never started: ./cs up"),
        PlatformOptions.Read(state));

    public ServerConnections Servers { get; }
    public SigningKey Key { get; }
    public string VirtualHost => broker.VirtualHost;
    public Uri AdminAmqp => broker.AdminConnection;

    protected PlatformOptions Options { get; }

    /// <summary>
    /// Makes what is missing on the servers: databases, roles, virtual host, users with their rights.
    /// </summary>
    public Task EnsureAsync(CancellationToken cancellationToken = default) => Task.WhenAll(
        databases.EnsureAsync(PlatformOptions.AllServices, cancellationToken),
        broker.EnsureAsync(cancellationToken));

    /// <summary>Removes the databases, roles, virtual host and users. Services must be stopped.</summary>
    public Task DropAsync() => Task.WhenAll(databases.DropAsync(PlatformOptions.AllServices), broker.DropAsync());

    public Uri Address(string service) => new($"http://127.0.0.1:{state.KnownPort(service) ?? state.Port(service)}");

    public string ConnectionString(string service) => databases.RuntimeConnection(service);

    public string OwnerConnectionString(string service) => databases.OwnerConnection(service);

    /// <summary>As the role that may mask personal data in stored events, and nothing else.</summary>
    public string PrivacyConnectionString(string service) => databases.PrivacyConnection(service);

    /// <summary>amqp URI of an outside publisher or subscriber, or of a service.</summary>
    public Uri Amqp(string user) => broker.Connection(user);

    /// <summary>The broker's name of a publisher or subscriber: what it must put into the property user_id.</summary>
    public string AmqpUser(string user) => broker.User(user);

    public string Token(TokenClaims claims) => Key.Sign(claims);

    /// <summary>A client of one service that carries a token with these claims; no token when null.</summary>
    public HttpClient Client(string service, TokenClaims? claims)
    {
        var client = new HttpClient { BaseAddress = Address(service), Timeout = TimeSpan.FromSeconds(100) };
        if (claims is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(claims));
        return client;
    }

    /// <summary>Environment variables of a service: its own secrets and nobody else's.</summary>
    public Dictionary<string, string> SettingsOf(string service)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = Options.Environment,
            ["DOTNET_ENVIRONMENT"] = Options.Environment,
            ["ASPNETCORE_URLS"] = Address(service).ToString(),
            [$"ConnectionStrings__{service}"] = databases.RuntimeConnection(service),
            ["ConnectionStrings__rabbitmq"] = broker.Connection(service).ToString(),
            ["Auth__Issuer"] = SigningKey.Issuer,
            ["Auth__Audience"] = SigningKey.Audience,
            ["Auth__PublicKey"] = Key.PublicKey,
            ["Clock__Replay"] = Options.ReplayClock ? "true" : "false",
        };
        foreach (var other in PlatformOptions.AllServices.Where(s => s != service))
            if (state.KnownPort(other) is { } port)
                settings[$"services__{other}__http__0"] = $"http://127.0.0.1:{port}";
        foreach (var (user, sources) in Options.Publishers)
            foreach (var (index, source) in sources.Index())
                settings[$"Publishers__{broker.User(user)}__{index}"] = source;
        var own = Options.ServiceSettings.GetValueOrDefault(service) ?? NoSettings;
        foreach (var (key, value) in Options.Settings.Concat(own))
            settings[key] = value;
        return settings;
    }

    /// <summary>
    /// The same for its verbs that change the schema or make read models anew: with the owner's access.
    /// </summary>
    public Dictionary<string, string> OwnerSettingsOf(string service) => new(SettingsOf(service))
    {
        [$"ConnectionStrings__{service}-owner"] = databases.OwnerConnection(service),
    };

    protected static readonly IReadOnlyDictionary<string, string> NoSettings = new Dictionary<string, string>();
}
