using System.Diagnostics;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;
using Npgsql;

namespace CsPlatform.Local.Verbs;

/// <summary>What AppHost runs before the services: makes on its servers what the installation has there.</summary>
internal static class SetupVerb
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public static Verb Definition { get; } = new("setup", "", [], [], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var folder = Environment.GetEnvironmentVariable(HostProcess.Mark)
            ?? throw new LocalException("AppHost runs setup, and names its state directory.");
        var installation = Installation.Of(new(folder));
        await UntilReadyAsync(installation.Servers, cancellationToken);
        await installation.EnsureAsync(cancellationToken);
        Console.WriteLine($"{string.Join(", ", PlatformOptions.AllServices)}: databases, roles and broker users are there");
        return 0;
    }

    // A container is up before its server is.
    private static async Task UntilReadyAsync(ServerConnections servers, CancellationToken cancellationToken)
    {
        using var broker = new BrokerAdmin(servers.Management);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        for (var since = Stopwatch.GetTimestamp(); !(await broker.IsReadyAsync(cancellationToken) && await AnswersAsync());)
        {
            if (Stopwatch.GetElapsedTime(since) > Timeout)
                throw new LocalException($"PostgreSQL or RabbitMQ does not answer within {Timeout.TotalMinutes} minutes.");
            await poll.WaitForNextTickAsync(cancellationToken);
        }

        async Task<bool> AnswersAsync()
        {
            try
            {
                await using var connection = new NpgsqlConnection(servers.Postgres + ";Pooling=false;Timeout=3");
                await connection.OpenAsync(cancellationToken);
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }
    }
}
