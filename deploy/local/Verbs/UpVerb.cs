using CsPlatform.Local.Platform;

namespace CsPlatform.Local.Verbs;

/// <summary>
/// Starts AppHost in the background, shows its progress until all is healthy, and says where things are.
/// </summary>
internal static class UpVerb
{
    private const string Environment = "--environment", InContainers = "--containers";

    public static Verb Definition { get; } = new("up", $"""
        ./cs up [options]     start CsPlatform in the background, with its dashboard

        PostgreSQL and RabbitMQ run as private instances on loopback, everything else under .NET Aspire. Data, ports,
        passwords and the key that signs tokens are made at the first start and kept in .local/system. A second `up`
        finds what runs, and clears what a killed one left. Ctrl-C while it starts stops everything; later `./cs down`
        does. In the foreground the same is `dotnet run --project AppHost`.

          {InContainers}          PostgreSQL and RabbitMQ in containers: needs a container engine that answers, and the
                                images that `./cs test --help` names; remembered until `./cs reset`
          {Environment} <name>  ASP.NET Core environment of the services (default Development, which has /dev)
          --of demo             what the demo left: its data, with its clock
        """, [Environment, StateOption.Name], [InContainers], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Words.Count > 0)
            throw new LocalException(
                $"up starts everything; '{arguments.Words[0]}' means nothing to it. --help says more.");
        var state = StateOption.Of(arguments);
        var host = new HostProcess(state);
        var wanted = arguments.Has(InContainers) ? HostProcess.Containers : null;
        var last = HostProcess.LastServers(state);
        if (host.Current is not null && (wanted ?? last) != last)
            throw new LocalException("It runs on private servers. ./cs down first: containers have data of their own.");
        if (await host.IsHealthyAsync())
            Console.WriteLine("CsPlatform is running already.");
        else
        {
            if (host.Current is null && arguments.Value(Environment) is { } environment)
                (PlatformOptions.Read(state) with { Environment = environment }).Write(state);
            await host.StartAsync(
                wanted ?? last ?? HostProcess.Private, Console.WriteLine, cancellationToken);
        }
        await StatusVerb.PrintAsync(state, Console.Out);
        return 0;
    }
}
