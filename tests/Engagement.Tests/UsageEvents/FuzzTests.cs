using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CsPlatform.Local;

namespace CsPlatform.Engagement.Tests.UsageEvents;

/// <summary>
/// A short run of <c>./cs fuzz</c> from a fixed seed: what it found once is held by tests of its own.
/// </summary>
public sealed partial class FuzzTests
{
    [Fact]
    public async Task A_short_run_reaches_far_into_the_edge_and_finds_nothing()
    {
        var program = Path.Combine(
            Clone.Root, "tests", "Fuzz", "bin", Clone.Configuration, "net10.0", "CsPlatform.Fuzz.dll");
        using var fuzz = Process.Start(new ProcessStartInfo("dotnet", [program, "--seconds", "4", "--seed", "1", "--fresh"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await fuzz.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await fuzz.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(fuzz.ExitCode == 0, output);
        var counts = Totals().Matches(output)[^1].Groups.Values.Skip(1)
            .Select(g => int.Parse(g.Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.True(counts is [> 1_000, > 200, > 50], output);
    }

    [GeneratedRegex(@"(\d+) executions, (\d+) edges covered, (\d+) inputs")]
    private static partial Regex Totals();
}
