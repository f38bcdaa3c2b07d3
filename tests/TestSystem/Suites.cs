using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsPlatform.Local;
using Xunit;

namespace CsPlatform.TestSystem;

/// <summary>
/// Other people's collections of bad input: the big list of naughty strings and the JSON parsing test suite, fetched
/// once by npm as <c>tests/TestSystem/Suites</c> names them, so that a fresh clone has them too.
/// </summary>
public static class Suites
{
    private static readonly Lazy<string> Fetched = new(Fetch);

    /// <summary>Strings that break things; none is empty.</summary>
    public static IReadOnlyList<string> NaughtyStrings()
    {
        using var list = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Fetched.Value, "blns", "resources", "blns.json")));
        return [.. list.RootElement.EnumerateArray().Select(e => e.GetString()!).Where(s => s.Length > 0)];
    }

    /// <summary>
    /// The parsing suite: names start with y (must be accepted), n (must be refused) or i (either). As text from npm,
    /// where bytes that are no UTF-8 were replaced; with these bytes from the data folder, where that is there.
    /// </summary>
    public static IReadOnlyList<(string Name, byte[] Json)> JsonParsing()
    {
        const string prefix = "export default ";
        var module = File.ReadAllText(
            Path.Combine(Fetched.Value, "json-test-suite", "data", "parsing.js"), Encoding.UTF8);
        var start = module.IndexOf(prefix, StringComparison.Ordinal) + prefix.Length;
        using var list = JsonDocument.Parse(module[start..].TrimEnd(';', '\n', ' '));
        var files = list.RootElement.EnumerateArray()
            .Select(e => (e.GetProperty("name").GetString()!, Encoding.UTF8.GetBytes(e.GetProperty("input").GetString()!)))
            .ToList();
        var original = Path.Combine(TestData.Root, "conformance", "json_test_suite", "test_parsing.zip");
        if (File.Exists(original))
            files.AddRange(ReadZip(original));
        return files;
    }

    private static IEnumerable<(string Name, byte[] Json)> ReadZip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return (entry.Name, bytes.ToArray());
        }
    }

    /// <summary>Test projects run side by side: one fetches, the others wait for it.</summary>
    private static string Fetch()
    {
        var folder = Path.Combine(Clone.Root, "tests", "TestSystem", "Suites");
        var packages = Path.Combine(folder, "node_modules");
        Directory.CreateDirectory(Path.Combine(Clone.Root, ".local"));
        using var one = Wait(Path.Combine(Clone.Root, ".local", "suites.lock"));
        var (fetched, locked) = (
            Path.Combine(packages, ".package-lock.json"), Path.Combine(folder, "package-lock.json"));
        if (File.Exists(fetched) && File.GetLastWriteTimeUtc(fetched) >= File.GetLastWriteTimeUtc(locked))
            return packages;

        var start = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Process.Start(start)!;
        var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        npm.WaitForExit();
        Assert.True(
            npm.ExitCode == 0, $"npm ci in {folder} ended with {npm.ExitCode}:\n{output.Result}\n{errors.Result}");
        return packages;
    }

    private static FileStream Wait(string path)
    {
        var since = Stopwatch.GetTimestamp();
        using var pause = new SemaphoreSlim(0);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(2))
            {
                // Another test project is fetching.
                pause.Wait(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
