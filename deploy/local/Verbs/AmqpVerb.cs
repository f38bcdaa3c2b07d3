using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;

namespace CsPlatform.Local.Verbs;

/// <summary>Prints the address, with password, at which an outside client reaches the broker.</summary>
internal static class AmqpVerb
{
    public static Verb Definition { get; } = new("amqp", """
        ./cs amqp <publisher|subscriber|admin> [--of system|demo]     print a client's amqp address, with its password

          publisher      may publish to the exchange usage-events (with the property user_id = publisher)
          subscriber     may have queues called subscriber, subscriber.… and bind them to csplatform.alerts
          admin          may do everything; also the login of the management pages
        """, ["--of"], [], RunAsync);

    private static Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words is not [var client and ("publisher" or "subscriber" or "admin")])
            throw new LocalException("Name one of: publisher subscriber admin");
        Console.WriteLine(Address(TokenVerb.StateOf(arguments), client));
        return Task.FromResult(0);
    }

    private static Uri Address(StateDirectory state, string client)
    {
        var port = state.KnownPort(RabbitServer.Name) ?? throw new LocalException("It was never started: ./cs up");
        var servers = new ServerConnections(
            "", RabbitServer.AdminUri("amqp", state, port), RabbitServer.AdminUri("http", state, port));
        var broker = new Broker(servers, new PlatformOptions(), state.Secret);
        return client == "admin" ? broker.AdminConnection : broker.Connection(client);
    }
}
