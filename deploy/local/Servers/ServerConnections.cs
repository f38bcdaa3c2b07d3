using System.Text.Json;

namespace CsPlatform.Local.Servers;

/// <summary>Administrator's access to one PostgreSQL and one RabbitMQ. Secret: it goes to no service.</summary>
/// <param name="Postgres">Npgsql connection string of a superuser.</param>
/// <param name="Amqp">amqp://user:password@host:port/ of an administrator.</param>
/// <param name="Management">http://user:password@host:port/ of the management plugin.</param>
public sealed record ServerConnections(string Postgres, Uri Amqp, Uri Management)
{
    public const string PostgresVariable = "CSP_TEST_POSTGRES";
    public const string AmqpVariable = "CSP_TEST_RABBITMQ";
    public const string ManagementVariable = "CSP_TEST_RABBITMQ_MANAGEMENT";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Variables { get; } = [PostgresVariable, AmqpVariable, ManagementVariable];

    /// <summary>From the CSP_TEST_… variables; null when any is missing.</summary>
    public static ServerConnections? FromEnvironment() =>
        Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } postgres
        && Environment.GetEnvironmentVariable(AmqpVariable) is { Length: > 0 } amqp
        && Environment.GetEnvironmentVariable(ManagementVariable) is { Length: > 0 } management
            ? new(postgres, new Uri(amqp), new Uri(management))
            : null;

    public IReadOnlyDictionary<string, string> ToEnvironment() => new Dictionary<string, string>
    {
        [PostgresVariable] = Postgres,
        [AmqpVariable] = Amqp.ToString(),
        [ManagementVariable] = Management.ToString(),
    };

    /// <summary>From a file with these three in JSON: how AppHost is told of servers that are there already.</summary>
    /// <exception cref="LocalException">It is not there, or says something else.</exception>
    public static ServerConnections Read(string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<ServerConnections>(File.ReadAllBytes(file));
            return read is { Postgres: not null, Amqp: not null, Management: not null }
                ? read : throw new JsonException("one of the three is missing");
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new LocalException($$"""
                {{file}} does not say where the servers are ({{e.Message}}). Wanted is JSON, readable by its owner only:
                {"Postgres": "Host=…;Username=…;Password=… of a superuser",
                 "Amqp": "amqp://administrator:password@host:port/",
                 "Management": "http://administrator:password@host:port/"}
                """, e);
        }
    }

    /// <summary>Those of the last start in this state directory; null when there was none.</summary>
    public static ServerConnections? Read(StateDirectory state) =>
        File.Exists(state.Path(FileName)) ? Read(state.Path(FileName)) : null;

    /// <summary>
    /// For the programs that work with what runs in this state directory. Readable by its owner only.
    /// </summary>
    public void Write(StateDirectory state) =>
        StateDirectory.WritePrivate(
            state.Path(FileName), JsonSerializer.SerializeToUtf8Bytes(this, StateDirectory.Indented));

    private const string FileName = "servers.json";
}
