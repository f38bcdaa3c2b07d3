using System.Net.Http.Json;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Local;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;
using Npgsql;
using RabbitMQ.Client;

namespace CsPlatform.Bench.Running;

/// <summary>
/// A CsPlatform of the bench's own under .local/bench, empty at each start; services start when a row needs them.
/// </summary>
internal sealed class BenchSystem : IAsyncDisposable
{
    public const string Source = "app";

    private const int Accounts = 200;
    private const string Publisher = "publisher", Subscriber = "subscriber", NoticeQueue = "bench-notices";

    private readonly PrivateServers servers;
    private readonly StateDirectory state;
    private readonly Dictionary<string, NpgsqlDataSource> owners = [];

    private BenchSystem(PrivateServers servers, StateDirectory state, LocalPlatform platform)
    {
        (this.servers, this.state, Platform) = (servers, state, platform);
        PublisherToken = platform.Token(new("publisher") { Subject = "bench", Sources = [Source] });
    }

    public LocalPlatform Platform { get; }

    public string PublisherToken { get; }

    public string PublisherUser => Platform.AmqpUser(Publisher);

    public string SubscriberQueue => $"{Platform.AmqpUser(Subscriber)}.bench";

    /// <summary>The customers whose use is sent, registered and known to Engagement; crm/c-0 is the first.</summary>
    public IReadOnlyList<Guid> Customers { get; private set; } = [];

    /// <summary>The process of each program that shares the machine, by the program's name.</summary>
    public IReadOnlyDictionary<string, int> Programs => new Dictionary<string, int>(
        Platform.Started.Select(s => KeyValuePair.Create(s, Platform.ProcessId(s))))
    {
        ["PostgreSQL"] = servers.PostgresProcessId,
        ["RabbitMQ"] = servers.BrokerProcessId,
        ["client"] = Environment.ProcessId,
    };

    public static async Task<BenchSystem> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(Path.Combine(Clone.Root, ".local", "bench", "system"));
        var options = new PlatformOptions
        {
            Environment = "Production",
            Publishers = new Dictionary<string, IReadOnlyList<string>> { [Publisher] = [Source] },
            Subscribers = [Subscriber],
            // One caller sends all that is sent here.
            Settings = new Dictionary<string, string> { ["RateLimits__PerSecond"] = "1000000" },
        };
        var servers = await PrivateServers.StartEmptyAsync(state, report, cancellationToken);
        BenchSystem? system = null;
        try
        {
            system = new(servers, state, await LocalPlatform.CreateAsync(
                state, servers.Connections, options, report, cancellationToken));
            await system.PrepareAsync(cancellationToken);
            return system;
        }
        catch
        {
            if (system is not null)
                await system.Platform.DisposeAsync();
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Those of the services that do not run yet.</summary>
    public async Task EnsureStartedAsync(IEnumerable<string> services, CancellationToken cancellationToken)
    {
        var missing = services.Except(Platform.Started).ToArray();
        if (missing.Length > 0)
            await Platform.StartAsync(missing, cancellationToken);
    }

    /// <summary>The service's database, as the owner of its schema.</summary>
    public NpgsqlDataSource Database(string service) => owners.TryGetValue(service, out var known)
        ? known
        : owners[service] = NpgsqlDataSource.Create(Platform.OwnerConnectionString(service) + ";Maximum Pool Size=80");

    public ConnectionFactory PublisherConnections => new() { Uri = Platform.Amqp(Publisher) };

    public ConnectionFactory SubscriberConnections => new() { Uri = Platform.Amqp(Subscriber) };

    public ConnectionFactory AdminConnections => new() { Uri = Platform.AdminAmqp };

    /// <summary>Registers customers at Accounts, and waits until Engagement knows them by their key.</summary>
    public async Task<IReadOnlyList<Guid>> RegisterAsync(
        string prefix, int count, CancellationToken cancellationToken)
    {
        using var client = Platform.Client("accounts", new TokenClaims("csm", "lead") { Subject = "bench" });
        var ids = new Guid[count];
        await Parallel.ForAsync(0, count,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (i, stop) =>
            {
                using var answer = await client.PostAsJsonAsync("/v1/accounts", new
                {
                    details = new { name = $"{prefix} {i}" },
                    externalKeys = new[] { new { system = "crm", key = $"{prefix}-{i}" } },
                }, stop);
                answer.EnsureSuccessStatusCode();
                ids[i] = (await answer.Content.ReadFromJsonAsync<Registered>(stop))!.AccountId;
            });
        await UntilAsync(
            async () => await Database("engagement").ScalarAsync<long>(
                "select count(*) from engagement.subject_key where account_id = any($1)", ids) == 2 * count,
            cancellationToken);
        return ids;
    }

    /// <exception cref="LocalException">Not within two minutes.</exception>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, CancellationToken cancellationToken, int pollMs = 10)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(pollMs));
        try
        {
            while (!await condition())
                await poll.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalException("What was sent did not take effect within two minutes.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owner in owners.Values)
            await owner.DisposeAsync();
        await Platform.DisposeAsync();
        await servers.DisposeAsync();
        state.Delete();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await EnsureStartedAsync(["accounts", "engagement"], cancellationToken);
        // Notices of changed days are mandatory, and Health, whose work is another row's, does not run yet.
        await using var connection = await AdminConnections.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(NoticeQueue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 1000 }, cancellationToken: cancellationToken);
        var exchange = $"{typeof(AccountDaysChanged).Namespace}:{nameof(AccountDaysChanged)}";
        await channel.ExchangeDeclareAsync(
            exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(NoticeQueue, exchange, "", cancellationToken: cancellationToken);
        Customers = await RegisterAsync("c", Accounts, cancellationToken);
    }

    private sealed record Registered(Guid AccountId);
}
