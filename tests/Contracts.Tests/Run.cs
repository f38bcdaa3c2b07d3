using System.Diagnostics;

namespace CsPlatform.Contracts.Tests;

/// <summary>Programs that are not .NET's, as a reader of the README runs them.</summary>
internal static class Run
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end; gives its output, fails when it fails.</summary>
    public static async Task<string> ToEnd(
        string folder, IReadOnlyDictionary<string, string> settings, params string[] command)
    {
        using var process = Start(folder, settings, command);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Timeout);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        Assert.True(
            process.ExitCode == 0,
            $"{string.Join(' ', command)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }

    /// <summary>Starts it with its output to be read line by line; the caller stops it.</summary>
    public static Process Start(string folder, IReadOnlyDictionary<string, string> settings, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Fetches what a package-lock.json names, where that was not done before.</summary>
    public static async Task NpmPackages(string folder)
    {
        var (fetched, locked) = (
            Path.Combine(folder, "node_modules", ".package-lock.json"), Path.Combine(folder, "package-lock.json"));
        if (!File.Exists(fetched) || File.GetLastWriteTimeUtc(fetched) < File.GetLastWriteTimeUtc(locked))
            await ToEnd(folder, None, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
    }

    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();
}
