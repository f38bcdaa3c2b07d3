using System.Diagnostics;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Tests;

public sealed class ProcessTests : IDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];
    private readonly StateDirectory state = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    [Fact]
    public void The_name_of_a_program_cannot_confuse_the_reader_of_its_state()
    {
        var stat = ProcessStat.Parse(
            "42 (a b) R 1) S 1 42 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 100 18446744073709551615");

        Assert.Equal(new ProcessStat(42, 'S', 40, 987654), stat);
    }

    [Fact]
    public async Task A_process_that_only_carries_the_recorded_number_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "60");
        var real = ProcessIdentity.Of(stranger.Id)!;
        new ProcessLedger(state).Add("accounts", real with { StartTicks = real.StartTicks - 1 });
        new ProcessLedger(state).Add("health", real with { BootId = "another boot" });

        await new ProcessLedger(state).SweepAsync(line => Assert.Fail(line));

        Assert.True(real.IsAlive);
        Assert.Empty(new ProcessLedger(state).Entries());
        stranger.Kill();
    }

    [Fact]
    public async Task An_entry_that_is_written_again_is_there_all_the_while()
    {
        var (ledger, self) = (new ProcessLedger(state), ProcessIdentity.Of(Environment.ProcessId)!);
        ledger.Add("apphost", self);
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var reads = 0;
            for (; !over.IsCancellationRequested; reads++)
                Assert.Equal(("apphost", self), Assert.Single(new ProcessLedger(state).Entries()));
            return reads;
        });

        for (var i = 0; i < 2_000; i++)
            ledger.Add("apphost", self);
        await over.CancelAsync();

        Assert.NotEqual(0, await reading);
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_ended_with_all_that_it_started()
    {
        // The parent dies at once; its child lives on in the session.
        var crashed = ChildProcess.Start(
            state, "accounts", ["bash", "-c", "sleep 60 & sleep 60 & kill -9 $$"], NoSettings);
        await crashed.Ended;
        var recorded = Assert.Single(new ProcessLedger(state).Entries()).Process;
        Assert.False(recorded.IsAlive);
        Assert.Equal(2, recorded.Session().Count);

        await new ProcessLedger(state).SweepAsync(_ => { });

        Assert.Empty(recorded.Session());
        Assert.Empty(new ProcessLedger(state).Entries());
    }

    [Fact]
    public async Task One_that_ignores_SIGTERM_is_killed_after_the_time_limit()
    {
        var stubborn = ChildProcess.Start(
            state, "accounts", ["bash", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], NoSettings);
        await Eventually.HoldsAsync(() => Task.FromResult(stubborn.LastLogLines().Contains("ready")));

        await stubborn.StopAsync(timeout: TimeSpan.FromMilliseconds(300));

        Assert.Equal(128 + 9, stubborn.ExitCode);
        Assert.Empty(new ProcessLedger(state).Entries());
    }

    [Fact]
    public async Task A_variable_with_a_hyphen_arrives_and_our_own_settings_do_not()
    {
        Environment.SetEnvironmentVariable("CSP_TEST_SECRET", "x");
        await using var child = ChildProcess.Start(state, "accounts", ["env"],
            new Dictionary<string, string> { ["ConnectionStrings__accounts-owner"] = "Host=x" });
        await child.Ended;

        var environment = child.LastLogLines(200);
        Assert.Contains("ConnectionStrings__accounts-owner=Host=x", environment);
        Assert.DoesNotContain("CSP_TEST_", environment);
    }

    [Fact]
    public void Two_programs_cannot_run_in_one_state_directory()
    {
        using (RunLock.Take(state))
            Assert.Throws<LocalException>(() => RunLock.Take(state));

        Assert.False(RunLock.IsHeld(state));
    }

    public void Dispose() => state.Delete();
}
