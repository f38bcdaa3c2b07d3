using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>
/// PostgreSQL and RabbitMQ of our own, for one state directory. The same data, ports and passwords at the next start;
/// never the instances that the machine's packages may have started by themselves.
/// </summary>
public sealed partial class PrivateServers : IAsyncDisposable
{
    private readonly StateDirectory state;
    private readonly RunLock runLock;
    private PostgresServer postgres;
    private RabbitServer rabbit;

    private PrivateServers(StateDirectory state, PostgresServer postgres, RabbitServer rabbit, RunLock runLock)
    {
        (this.state, this.postgres, this.rabbit, this.runLock) = (state, postgres, rabbit, runLock);
        Connections = new(postgres.ConnectionString, rabbit.Amqp, rabbit.Management);
    }

    public ServerConnections Connections { get; }

    /// <summary>The process that PostgreSQL began as; all its others descend from it.</summary>
    public int PostgresProcessId => postgres.Process.Pid;

    /// <summary>The process that RabbitMQ began as; all its others descend from it, but the port mapper.</summary>
    public int BrokerProcessId => rabbit.Process.Pid;

    /// <summary>Completes when either of them ends, wanted or not.</summary>
    public Task Ended => Task.WhenAny(postgres.Ended, rabbit.Ended);

    /// <summary>Starts both, after ending what an earlier run left behind here.</summary>
    /// <exception cref="LocalException">
    /// Another program runs in this state directory, or a server is not installed or did not start: then the message
    /// says what its log says.
    /// </exception>
    public static Task<PrivateServers> StartAsync(
        StateDirectory state, Action<string> report, CancellationToken cancellationToken = default) =>
        StartAsync(state, RunLock.Take(state), report, cancellationToken);

    /// <summary>The same without anything that earlier ones stored.</summary>
    /// <exception cref="LocalException">
    /// As of <see cref="StartAsync(StateDirectory, Action{string}, CancellationToken)"/>.
    /// </exception>
    public static async Task<PrivateServers> StartEmptyAsync(
        StateDirectory state, Action<string> report, CancellationToken cancellationToken = default)
    {
        var runLock = RunLock.Take(state);
        try
        {
            await new ProcessLedger(state).SweepAsync(report);
            DeleteData(state);
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
        return await StartAsync(state, runLock, report, cancellationToken);
    }

    /// <summary>Removes what both stored. Neither may run any more.</summary>
    internal static void DeleteData(StateDirectory state)
    {
        PostgresServer.DeleteData(state);
        if (Directory.Exists(state.Path(RabbitServer.Name)))
            Directory.Delete(state.Path(RabbitServer.Name), recursive: true);
    }

    internal static async Task<PrivateServers> StartAsync(
        StateDirectory state, RunLock runLock, Action<string> report, CancellationToken cancellationToken)
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
            return new(state, await postgres, await rabbit, runLock);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(DisposeStartedAsync(postgres), DisposeStartedAsync(rabbit));
            runLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(postgres.DisposeAsync().AsTask(), rabbit.DisposeAsync().AsTask());
        runLock.Dispose();
    }

    /// <summary>Services stop first, then the servers that they use, then the port mapper of RabbitMQ.</summary>
    internal static int StopOrder(string process) => process switch
    {
        PostgresServer.Name or RabbitServer.Name => 1,
        "epmd" => 2,
        _ => 0,
    };

    /// <summary>SIGINT is PostgreSQL's fast shutdown: at SIGTERM it would wait for every client to leave.</summary>
    internal static int StopSignal(string process) => process == PostgresServer.Name ? Native.SigInt : Native.SigTerm;

    private static async Task DisposeStartedAsync<T>(Task<T> start) where T : IAsyncDisposable
    {
        await start.ContinueWith(_ => { }, TaskScheduler.Default);
        if (start.IsCompletedSuccessfully)
            await (await start).DisposeAsync();
    }
}
