using CsPlatform.Contracts;
using CsPlatform.Demo.Replaying;
using CsPlatform.Local;
using CsPlatform.Local.Platform;
using CsPlatform.Local.Servers;

namespace CsPlatform.Demo.Running;

/// <summary>A CsPlatform of the demo's own under .local/demo, empty at each start.</summary>
internal sealed class DemoSystem : IAsyncDisposable
{
    private const string Publisher = "publisher", Subscriber = "subscriber";

    private readonly PrivateServers servers;
    private readonly LocalPlatform platform;

    private DemoSystem(PrivateServers servers, LocalPlatform platform, IReadOnlyList<string> sources)
    {
        (this.servers, this.platform) = (servers, platform);
        Endpoints = new(platform.Address, part => platform.Token(part switch
        {
            Part.Publisher => new("publisher") { Subject = "demo-publisher", Sources = sources },
            Part.Admin => new("admin") { Subject = "demo" },
        }), () => new SocketsHttpHandler());
        Control = new(platform);
    }

    public Endpoints Endpoints { get; }
    public ReplayControl Control { get; }
    public Uri SubscriberAddress => platform.Amqp(Subscriber);
    public Uri PublisherAddress => platform.Amqp(Publisher);
    public string PublisherUser => platform.AmqpUser(Publisher);
    public string SubscriberQueue => $"{platform.AmqpUser(Subscriber)}.demo";

    /// <param name="sources">CloudEvents sources that the company's systems may send, over HTTP and over AMQP.</param>
    public static async Task<DemoSystem> StartAsync(
        IReadOnlyList<string> sources, Action<string> report, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(Path.Combine(Clone.Root, ".local", "demo"));
        var options = new PlatformOptions
        {
            ReplayClock = true,
            Publishers = new Dictionary<string, IReadOnlyList<string>> { [Publisher] = sources },
            Subscribers = [Subscriber],
            Settings = new Dictionary<string, string>
            {
                // A short life is not worth instrumented code, nor pages that are written or run but never both: five
                // services warm up sooner without. Two cores for all leave none for collecting garbage in the background.
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
                ["DOTNET_gcConcurrent"] = "0",
                ["DOTNET_GCgen0size"] = "4000000", // hexadecimal, 64 MiB
                // A day is sent at once, over HTTP and over AMQP: told of once, not of each half.
                ["Intake__CoalesceMilliseconds"] = "40",
                ["Intake__CoalesceMillisecondsMax"] = "40",
                // The demo's data is made anew at each start, so a commit need not wait for the disk. PostgreSQL lets only
                // one transaction with a NOTIFY commit at a time: hundreds of milestones a day would queue for the disk.
                ["PGOPTIONS"] = "-c synchronous_commit=off",
            },
        };
        var servers = await PrivateServers.StartEmptyAsync(state, report, cancellationToken);
        LocalPlatform? platform = null;
        try
        {
            platform = await LocalPlatform.CreateAsync(state, servers.Connections, options, report, cancellationToken);
            await platform.StartAsync([], cancellationToken);
            return new(servers, platform, sources);
        }
        catch
        {
            if (platform is not null)
                await platform.DisposeAsync();
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where each service answers.</summary>
    public IEnumerable<(string Service, Uri Address)> Addresses => Topology.Services.Select(s => (s.Name, platform.Address(s.Name)));

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        Endpoints.Dispose();
        await platform.DisposeAsync();
        await servers.DisposeAsync();
    }
}
