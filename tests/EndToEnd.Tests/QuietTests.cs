namespace CsPlatform.EndToEnd.Tests;

/// <summary>Where nothing happens ops see nothing: else what happens is not seen among what polls.</summary>
public sealed class QuietTests(QuietTests.Live system) : IClassFixture<QuietTests.Live>
{
    private const int QuietExports = 3, IdleExports = 10; // one each two seconds

    private static readonly string[] AtTheStart = ["Microsoft.Hosting.Lifetime"];

    [Fact]
    public async Task An_idle_system_sends_no_trace_and_no_log()
    {
        await UntilQuietAsync();
        var (spans, logs) = (system.Telemetry.Spans.Count, system.Telemetry.Logs.Count);

        await ExportsAsync(IdleExports);

        Assert.Empty(system.Telemetry.Spans.Skip(spans).Select(s => $"{s.Service}: {s.Name}"));
        Assert.Empty(system.Telemetry.Logs.Skip(logs).Where(l => !IsOfTheStart(l))
            .Select(l => $"{l.Service}: {l.Category}: {l.Text}"));
        Assert.All(system.Telemetry.Logs.Where(IsOfTheStart).CountBy(l => l.Service), l => Assert.Equal(1, l.Value));
        // It would have seen them: these came when the services started, and the schedules ran for the first time.
        Assert.Contains(system.Telemetry.Logs, l => AtTheStart.Contains(l.Category));
        Assert.Contains(system.Telemetry.Spans, s => s is { Service: "health", Name: "sweep accounts" });
        Assert.Contains(system.Telemetry.Spans, s => s is { Service: "renewals", Name: "sweep contracts" });
    }

    /// <summary>
    /// A scheduler sees once, soon after its start, that the one before it, of the migration, is gone.
    /// </summary>
    private static bool IsOfTheStart(ReceivedLog log) => log is
    {
        Service: "health" or "renewals",
        Category: "Quartz.Impl.AdoJobStore.LocalTransactionJobStore",
    } && log.Text.StartsWith("ClusterManager: detected ", StringComparison.Ordinal);

    /// <summary>Until what the start left to do is done: nothing comes for a while.</summary>
    private async Task UntilQuietAsync()
    {
        int before;
        do
        {
            before = system.Telemetry.Spans.Count + system.Telemetry.Logs.Count;
            await ExportsAsync(QuietExports);
        }
        while (system.Telemetry.Spans.Count + system.Telemetry.Logs.Count > before);
    }

    /// <summary>Until every service has sent its metrics so often.</summary>
    private async Task ExportsAsync(int count)
    {
        int Of(string service) => system.Telemetry.Exports(service, "csplatform.projection.behind");
        var before = PlatformOptions.AllServices.ToDictionary(s => s, Of);
        await Eventually.HoldsAsync(
            () => Task.FromResult(before.All(b => Of(b.Key) >= b.Value + count)), TimeSpan.FromMinutes(2));
    }

    /// <summary>All five services by the clock of the machine, with their schedules.</summary>
    public sealed class Live() : SystemFixture()
    {
        private OtlpSink? sink;

        public OtlpSink Telemetry => sink!;

        protected override bool HasTap => false;

        protected override PlatformOptions Options => new() { Settings = WholeSystem.TelemetryTo(sink!) };

        public override async ValueTask InitializeAsync()
        {
            sink = await OtlpSink.StartAsync();
            await base.InitializeAsync();
            await StartAsync([.. PlatformOptions.AllServices]);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (sink is not null)
                await sink.DisposeAsync();
        }
    }
}
