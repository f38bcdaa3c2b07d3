using System.Diagnostics;

namespace CsPlatform.Local.Processes;

/// <summary>Short commands of the system, run to their end.</summary>
internal static class Tool
{
    public static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new LocalException($"{string.Join(' ', command)}: {error.Trim()}");
    }

    public static bool Succeeds(string[] command)
    {
        using var process = Start(command);
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static Process Start(string[] command) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
}
