using CsPlatform.Local;
using CsPlatform.Local.Servers;

namespace CsPlatform.TestSystem;

/// <summary>
/// PostgreSQL and RabbitMQ for the tests of one process: those of the environment (<c>./cs test</c> gives them), else
/// private ones, started when a test first needs them and stopped when the last fixture is gone.
/// </summary>
public static class SharedServers
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static PrivateServers? started;
    private static StateDirectory? state;
    private static int users;

    public static async Task<ServerConnections> AcquireAsync()
    {
        if (ServerConnections.FromEnvironment() is { } given)
            return given;
        await Gate.WaitAsync();
        try
        {
            state ??= SystemFixture.NewState($"Servers_{Environment.ProcessId}");
            started ??= await PrivateServers.StartAsync(state, _ => { });
            users++;
            return started.Connections;
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task ReleaseAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (started is null || --users > 0)
                return;
            await started.DisposeAsync();
            started = null;
            state!.Delete();
            state = null;
        }
        finally
        {
            Gate.Release();
        }
    }
}
