using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>
/// PostgreSQL and RabbitMQ of our own, for one state directory. The same data, ports and passwords at the next start;
/// never the instances that the machine's packages may have started by themselves.
/// </summary>
public sealed class PrivateServers : IAsyncDisposable
{
    private readonly PostgresServer postgres;
    private readonly RabbitServer rabbit;

    private PrivateServers(PostgresServer postgres, RabbitServer rabbit)
    {
        (this.postgres, this.rabbit) = (postgres, rabbit);
        Connections = new(postgres.ConnectionString, rabbit.Amqp, rabbit.Management);
    }

    public ServerConnections Connections { get; }

    /// <summary>Completes when either of them ends, wanted or not.</summary>
    public Task Ended => Task.WhenAny(postgres.Ended, rabbit.Ended);

    /// <exception cref="LocalException">A server is not installed or did not start; the message says what its log says.</exception>
    public static async Task<PrivateServers> StartAsync(
        StateDirectory state, Action<string> report, CancellationToken cancellationToken = default)
    {
        await new ProcessLedger(state).SweepAsync(report);
        report("starting PostgreSQL and RabbitMQ (private instances on loopback)");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var postgres = PostgresServer.StartAsync(state, stop.Token);
        var rabbit = RabbitServer.StartAsync(state, stop.Token);
        try
        {
            await postgres;
            report($"PostgreSQL answers on port {state.KnownPort(PostgresServer.Name)}");
            await rabbit;
            report($"RabbitMQ answers on port {state.KnownPort(RabbitServer.Name)}");
            return new(await postgres, await rabbit);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(DisposeStartedAsync(postgres), DisposeStartedAsync(rabbit));
            throw;
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(postgres.DisposeAsync().AsTask(), rabbit.DisposeAsync().AsTask());

    /// <summary>Services stop first, then the servers that they use, then the port mapper of RabbitMQ.</summary>
    internal static int StopOrder(string process) => process switch
    {
        PostgresServer.Name or RabbitServer.Name => 1,
        "epmd" => 2,
        _ => 0,
    };

    private static async Task DisposeStartedAsync<T>(Task<T> start) where T : IAsyncDisposable
    {
        await start.ContinueWith(_ => { }, TaskScheduler.Default);
        if (start.IsCompletedSuccessfully)
            await (await start).DisposeAsync();
    }
}
