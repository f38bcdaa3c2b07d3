using System.Diagnostics;

namespace CsPlatform.Local.Processes;

/// <summary>Short commands of the system, run to their end.</summary>
internal static class Tool
{
    /// <summary>The .NET host that runs us, or the one on the path.</summary>
    public static string Dotnet { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    public static async Task RunAsync(string[] command, CancellationToken cancellationToken) =>
        await ReadAsync(command, cancellationToken);

    /// <summary>What it prints, without white space around it.</summary>
    /// <exception cref="LocalException">It failed; with what it said.</exception>
    public static async Task<string> ReadAsync(string[] command, CancellationToken cancellationToken)
    {
        var (code, output, error) = await EndAsync(command, cancellationToken);
        return code == 0 ? output.Trim() : throw new LocalException($"{string.Join(' ', command)}: {error.Trim()}");
    }

    public static async Task<bool> SucceedsAsync(string[] command, CancellationToken cancellationToken) =>
        await EndAsync(command, cancellationToken) is (0, _, _);

    public static bool Succeeds(string[] command)
    {
        using var process = Start(command);
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static async Task<(int Code, string Output, string Error)> EndAsync(
        string[] command, CancellationToken cancellationToken)
    {
        using var process = Start(command, readsOutput: true);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(string[] command, bool readsOutput = false) =>
        Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = readsOutput,
            WorkingDirectory = "/",
        })!;
}
