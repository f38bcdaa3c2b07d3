using System.Diagnostics;

namespace CsPlatform.Reliability.Tests.Injuries;

/// <summary>Short commands of the system that do the harm.</summary>
internal static class Command
{
    public static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {error}");
    }
}
