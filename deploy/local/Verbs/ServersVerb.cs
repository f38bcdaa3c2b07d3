using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>
/// PostgreSQL and RabbitMQ alone, until stopped, for runs of single test programs: prints the variables that tell these
/// where the servers are.
/// </summary>
internal static class ServersVerb
{
    public static Verb Definition { get; } = new("servers", "", [], [], async (arguments, cancellationToken) =>
    {
        if (arguments.Words is not [var folder])
            throw new LocalException("Name a folder for their data.");
        await using var servers = await PrivateServers.StartAsync(
            new StateDirectory(folder), Console.Error.WriteLine, cancellationToken);
        foreach (var (name, value) in servers.Connections.ToEnvironment())
            Console.WriteLine($"export {name}='{value}'");
        await servers.Ended.WaitAsync(cancellationToken);
        throw new LocalException("PostgreSQL or RabbitMQ ended by itself.");
    });
}
