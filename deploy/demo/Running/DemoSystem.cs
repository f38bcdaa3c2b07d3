using CsPlatform.Demo.Replaying;
using CsPlatform.Local;
using CsPlatform.Local.Platform;
using Npgsql;

namespace CsPlatform.Demo.Running;

/// <summary>
/// A CsPlatform of the demo's own under .local/demo, empty at each start: the same AppHost that <c>./cs up</c> runs,
/// with a replay clock.
/// </summary>
internal sealed class DemoSystem : IAsyncDisposable
{
    private const string Publisher = "publisher", Subscriber = "subscriber";

    private readonly HostProcess host;
    private readonly Installation installation;

    private DemoSystem(HostProcess host, StateDirectory state, IReadOnlyList<string> sources)
    {
        (this.host, State, installation) = (host, state, Installation.Of(state));
        Endpoints = new(installation.Address, part => installation.Token(part switch
        {
            Part.Publisher => new("publisher") { Subject = "demo-publisher", Sources = sources },
            Part.Admin => new("admin") { Subject = "demo" },
        }), () => new SocketsHttpHandler());
        Control = new(PlatformOptions.AllServices.ToDictionary(
            s => s, s => installation.Client(s, new("ops") { Subject = "replay" })));
    }

    public StateDirectory State { get; }
    public Endpoints Endpoints { get; }
    public ReplayControl Control { get; }
    public Uri Address(string service) => installation.Address(service);
    public Uri SubscriberAddress => installation.Amqp(Subscriber);
    public Uri PublisherAddress => installation.Amqp(Publisher);
    public string PublisherUser => installation.AmqpUser(Publisher);
    public string SubscriberQueue => $"{installation.AmqpUser(Subscriber)}.demo";

    /// <param name="sources">CloudEvents sources that the company's systems may send, over HTTP and over AMQP.</param>
    public static async Task<DemoSystem> StartAsync(
        IReadOnlyList<string> sources, Action<string> report, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(Path.Combine(Clone.Root, ".local", "demo"));
        var host = new HostProcess(state);
        await host.StopAsync(report); // the demo of before may run on
        HostProcess.DeleteData(state);
        new PlatformOptions
        {
            ReplayClock = true,
            Publishers = new Dictionary<string, IReadOnlyList<string>> { [Publisher] = sources },
            Subscribers = [Subscriber],
            Settings = new Dictionary<string, string>
            {
                // A short life is not worth instrumented code, nor pages that are written or run but never both: five
                // services warm up sooner without. Two cores for all leave none for collecting garbage in the
                // background.
                ["DOTNET_TieredPGO"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
                ["DOTNET_gcConcurrent"] = "0",
                ["DOTNET_GCgen0size"] = "4000000", // hexadecimal, 64 MiB
                // A day is sent at once, over HTTP and over AMQP: told of once, not of each half.
                ["Intake__CoalesceMilliseconds"] = "40",
                ["Intake__CoalesceMillisecondsMax"] = "40",
                // Months pass in minutes: a few traces of each second tell as much as all, and the dashboard keeps
                // 10,000.
                ["Telemetry__TracesPerSecond"] = "2",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "15000",
            },
        }.Write(state);
        try
        {
            await host.StartAsync(HostProcess.Private, report, cancellationToken);
            var system = new DemoSystem(host, state, sources);
            // What is played can be played again, so a commit need not wait for the disk. PostgreSQL lets only one
            // transaction with a NOTIFY commit at a time: hundreds of milestones a day would queue for the disk.
            await system.SetAsync("synchronous_commit = off", cancellationToken);
            return system;
        }
        catch
        {
            await host.StopAsync(report);
            throw;
        }
    }

    /// <summary>From here on it is used, not played: days pass as they do, and what was committed stays.</summary>
    public async Task LiveOnAsync(DateOnly lastDay, CancellationToken cancellationToken)
    {
        await SetAsync("synchronous_commit = default", cancellationToken);
        await Control.MoveToAsync(new(lastDay, Replay.LastSecond, TimeSpan.Zero), runs: true, cancellationToken);
    }

    public Task StopAsync() => host.StopAsync(Console.WriteLine);

    public ValueTask DisposeAsync()
    {
        Control.Dispose();
        Endpoints.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SetAsync(string setting, CancellationToken cancellationToken)
    {
        await using var server = NpgsqlDataSource.Create(installation.Servers.Postgres);
        foreach (var sql in (string[])[$"alter system set {setting}", "select pg_reload_conf()"])
        {
            await using var command = server.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
