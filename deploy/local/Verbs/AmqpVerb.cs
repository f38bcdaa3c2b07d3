using CsPlatform.Local.Platform;

namespace CsPlatform.Local.Verbs;

/// <summary>Prints the address, with password, at which an outside client reaches the broker.</summary>
internal static class AmqpVerb
{
    public static Verb Definition { get; } = new("amqp", """
        ./cs amqp <publisher|subscriber|admin> [--of system|demo]     print a client's amqp address, with its password

          publisher      may publish to the exchange usage-events (with the property user_id = publisher)
          subscriber     may have queues called subscriber, subscriber.… and bind them to csplatform.alerts
          admin          may do everything; also the login of the management pages
        """, [StateOption.Name], [], RunAsync);

    private static Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words is not [var client and ("publisher" or "subscriber" or "admin")])
            throw new LocalException("Name one of: publisher subscriber admin");
        var installation = Installation.Of(StateOption.Of(arguments));
        Console.WriteLine(client == "admin" ? installation.AdminAmqp : installation.Amqp(client));
        return Task.FromResult(0);
    }
}
