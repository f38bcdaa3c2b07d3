using System.Diagnostics;
using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Tests;

/// <summary>Whatever becomes of a program, what it started ends.</summary>
public sealed class KeeperTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "CsPlatform.Local.dll");

    private readonly StateDirectory state = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    [Fact]
    public async Task Servers_of_a_program_that_was_killed_end_by_themselves()
    {
        using var program = Start("dotnet", Program, "servers", state.Root);
        // Its first line comes when both answer.
        Assert.NotNull(await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var started = new ProcessLedger(state).Entries();
        Assert.Equal(["epmd", "postgres", "rabbitmq"], started.Select(e => e.Name));
        Assert.All(started, e => Assert.True(e.Process.IsAlive));
        var all = started.SelectMany(e => e.Process.Session()).ToList();

        program.Kill();

        await Eventually.HoldsAsync(() => Task.FromResult(
            !all.Any(p => p.IsAlive) && new ProcessLedger(state).Entries().Count == 0));
    }

    [Fact]
    public async Task What_another_program_has_started_since_is_left_alone()
    {
        await using var current = ChildProcess.Start(
            state, "accounts", ["sleep", "60"], new Dictionary<string, string>());
        var gone = ProcessIdentity.Of(Environment.ProcessId)! with { StartTicks = 1 };

        using var sweep = Start("dotnet", Program, "sweep", gone.ToString(), state.Root);
        await sweep.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, sweep.ExitCode);
        Assert.False(current.HasEnded);
        Assert.Single(new ProcessLedger(state).Entries());
    }

    [Fact]
    public async Task A_process_that_stands_in_no_ledger_yet_does_not_begin_when_its_starter_dies()
    {
        // What a starter leaves that dies between the two: the pipe closes before a word was said.
        using var child = Start(
            "bash", "-c", ChildProcess.Script, "accounts", state.LogFile("accounts"), "sleep", "60");
        child.StandardInput.Close();

        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, child.ExitCode);
    }

    public void Dispose() => state.Delete();

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
}
