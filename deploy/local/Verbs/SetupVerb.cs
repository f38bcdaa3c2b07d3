using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;

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
        // AppHost waits for both servers' own ports; the management pages come last.
        using var broker = new BrokerAdmin(installation.Servers.Management);
        await broker.UntilReadyAsync(cancellationToken).WaitAsync(Timeout, cancellationToken);
        await installation.EnsureAsync(cancellationToken);
        Console.WriteLine($"{string.Join(", ", PlatformOptions.AllServices)}: databases, roles and users are there");
        return 0;
    }
}
