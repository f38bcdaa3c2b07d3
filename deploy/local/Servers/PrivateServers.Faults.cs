using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Servers;

/// <summary>How a server ends.</summary>
public enum Ending
{
    /// <summary>In order: it says goodbye to its clients.</summary>
    Stopped,

    /// <summary>
    /// At once and without a checkpoint (PostgreSQL's immediate shutdown); for RabbitMQ the same as a crash.
    /// </summary>
    Aborted,

    /// <summary>kill -9.</summary>
    Crashed,
}

/// <summary>Injuries for tests of what the platform does meanwhile. Addresses, passwords and data stay.</summary>
public sealed partial class PrivateServers
{
    public Task EndPostgresAsync(Ending how) => postgres.EndAsync(how switch
    {
        Ending.Stopped => Native.SigInt,
        Ending.Aborted => Native.SigQuit,
        _ => Native.SigKill,
    });

    /// <summary>After an end, on the same data; returns when it answers.</summary>
    public async Task StartPostgresAsync(CancellationToken cancellationToken = default) =>
        postgres = await PostgresServer.StartAsync(state, cancellationToken);

    /// <summary>
    /// What a keeper of services does: starts it where it has ended by itself; returns when it answers.
    /// </summary>
    public async Task KeepPostgresAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await postgres.UntilReadyAsync(cancellationToken);
        }
        catch (LocalException) when (postgres.Ended.IsCompleted)
        {
            await StartPostgresAsync(cancellationToken);
        }
    }

    public Task EndBrokerAsync(Ending how) => rabbit.EndAsync(how);

    /// <summary>After an end, on the same data; returns when it answers.</summary>
    public async Task StartBrokerAsync(CancellationToken cancellationToken = default) =>
        rabbit = await RabbitServer.StartAsync(state, cancellationToken);

    /// <summary>
    /// The alarm that a broker raises when its disk runs full: it reads from no publisher while it lasts.
    /// </summary>
    public Task SetDiskAlarmAsync(bool on, CancellationToken cancellationToken = default) =>
        rabbit.ControlAsync(["set_disk_free_limit", on ? "1000000GB" : "50MB"], cancellationToken);

    /// <summary>The same for its memory.</summary>
    public Task SetMemoryAlarmAsync(bool on, CancellationToken cancellationToken = default) =>
        rabbit.ControlAsync(["set_vm_memory_high_watermark", on ? "0.000001" : "0.4"], cancellationToken);

    /// <summary>Cuts every client's connection.</summary>
    public Task CloseBrokerConnectionsAsync(CancellationToken cancellationToken = default) =>
        rabbit.ControlAsync(["close_all_connections", "cut by a test"], cancellationToken);
}
