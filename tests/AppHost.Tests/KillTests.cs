using CsPlatform.Local;
using CsPlatform.Local.Processes;

namespace CsPlatform.AppHost.Tests;

/// <summary>kill -9 of what runs: what comes back by itself, and what the next `up` or `down` mends.</summary>
public sealed class KillTests : IAsyncLifetime
{
    private readonly StateDirectory state = HostedSystems.New("killed");
    private readonly List<string> said = [];
    private HostProcess? host;
    private string? servers;

    private HostProcess Host => host ??= new(state);

    public async ValueTask InitializeAsync()
    {
        servers = HostedSystems.FileOf(state, await SharedServers.AcquireAsync());
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync(said.Add);
        await Installation.Of(state).DropAsync();
        await SharedServers.ReleaseAsync();
    }

    [Fact]
    public async Task A_service_comes_back_by_itself_and_up_mends_the_rest()
    {
        var service = Pid("CsPlatform.Health.dll");
        Kill("CsPlatform.Health.dll");
        await Eventually.HoldsAsync(
            async () => Pid("CsPlatform.Health.dll") is { } other && other != service && await Host.IsHealthyAsync(),
            TimeSpan.FromSeconds(60));

        Kill("start-apiserver");
        await Eventually.HoldsAsync(async () => !await Host.DashboardAnswersAsync(), TimeSpan.FromSeconds(60));
        await StartAsync();
        Assert.True(await Host.IsHealthyAsync());

        _ = Native.Kill(Host.Current!.Pid, Native.SigKill);
        await Host.StopAsync(said.Add);
        Assert.Empty(ProcessIdentity.WithEnvironment(HostProcess.Mark, state.Root));
        Assert.Null(Host.Current);
    }

    private Task StartAsync() => Host.StartAsync(servers, said.Add, TestContext.Current.CancellationToken);

    private void Kill(string word)
    {
        var pid = Pid(word) ?? throw new InvalidOperationException($"{word} does not run.");
        Assert.Equal(0, Native.Kill(pid, Native.SigKill));
    }

    /// <summary>The process of this system whose command line has this word.</summary>
    private int? Pid(string word) => ProcessIdentity.WithEnvironment(HostProcess.Mark, state.Root)
        .Where(p => ProcessStat.CommandLine(p.Pid).Contains(word, StringComparison.Ordinal))
        .Select(p => (int?)p.Pid).FirstOrDefault();
}
