using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using CsPlatform.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CsPlatform.AppHost.Tests;

/// <summary>AppHost with everything that it starts, its dashboard too, on the servers of the test run.</summary>
public sealed class HostedSystemFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);

    private StateDirectory? state;
    private IDistributedApplicationTestingBuilder? builder; // the application ends with it
    private DistributedApplication? app;
    private Installation? installation;
    private HttpClient? telemetry;
    private ReplayControl? replay;
    private readonly Lazy<Task<(Guid, string)>> journey;

    public HostedSystemFixture() => journey = new(() => RiskJourney.RunAsync(Installation, Replay));

    public StateDirectory State => state!;
    public Installation Installation => installation!;
    public ReplayControl Replay => replay!;

    /// <summary>What somebody does who chooses a command of a resource in the dashboard, and confirms it.</summary>
    public Task<ExecuteCommandResult> CommandAsync(string resource, string command) =>
        app!.ResourceCommands.ExecuteCommandAsync(
            app.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(r => r.Name == resource),
            command);

    /// <summary>An alert and the trace that led to it; made once.</summary>
    public Task<(Guid Account, string Trace)> Journey => journey.Value;

    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartTimeout);
        state = HostedSystems.New("hosted");
        var servers = HostedSystems.FileOf(State, await SharedServers.AcquireAsync());
        try
        {
            builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
                [$"--State={State.Root}", $"--Servers={servers}", "DcpPublisher:RandomizePorts=false"],
                (options, _) => options.DisableDashboard = false, limit.Token);
            builder.Services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning));
            app = await builder.BuildAsync(limit.Token);
            await app.StartAsync(limit.Token);
            await Task.WhenAll(PlatformOptions.AllServices.Select(
                s => app.ResourceNotifications.WaitForResourceHealthyAsync(s, limit.Token)));
        }
        catch
        {
            await DisposeAsync(); // xunit does not dispose a fixture that did not come up
            throw;
        }
        installation = Installation.Of(State);
        replay = new(PlatformOptions.AllServices.ToDictionary(
            s => s, s => installation.Client(s, new("ops") { Subject = "replay" })));
        telemetry = new HttpClient { BaseAddress = new(HostProcess.Dashboard(State)) };
        telemetry.DefaultRequestHeaders.Add("x-api-key", State.Secret("telemetry-api"));
    }

    public async ValueTask DisposeAsync()
    {
        telemetry?.Dispose();
        replay?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
        if (builder is not null)
            await builder.DisposeAsync();
        if (installation is not null)
            await installation.DropAsync();
        await SharedServers.ReleaseAsync();
    }

    /// <summary>Every span of a trace, as the dashboard has it.</summary>
    public async Task<IReadOnlyList<Span>> SpansAsync(string traceId) =>
    [
        .. from resource in await ResourcesAsync($"traces/{traceId}", "resourceSpans")
           from scope in resource.GetProperty("scopeSpans").EnumerateArray()
           from span in scope.GetProperty("spans").EnumerateArray()
           select new Span(
               Attribute(resource, "service.name"), span.GetProperty("name").GetString()!,
               span.GetProperty("spanId").GetString()!,
               span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null),
    ];

    /// <summary>Who has logged something, as the dashboard tells them apart.</summary>
    public async Task<IReadOnlySet<(string Service, string Instance)>> LogInstancesAsync() =>
        (await ResourcesAsync("logs?limit=10000", "resourceLogs"))
            .Select(r => (Attribute(r, "service.name"), Attribute(r, "service.instance.id"))).ToHashSet();

    private async Task<IEnumerable<JsonElement>> ResourcesAsync(string path, string kind)
    {
        using var answer = await telemetry!.GetAsync("/api/telemetry/" + path);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return []; // until the first span of a trace is there
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.GetProperty("data").TryGetProperty(kind, out var resources) ? resources.EnumerateArray() : [];
    }

    private static string Attribute(JsonElement resource, string key) =>
        resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
            .First(a => a.GetProperty("key").GetString() == key)
            .GetProperty("value").GetProperty("stringValue").GetString()!;

    public sealed record Span(string Service, string Name, string Id, string? Parent);
}

[CollectionDefinition(nameof(HostedSystemFixture))]
public sealed class HostedSystemIsShared : ICollectionFixture<HostedSystemFixture>;
