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
}
