using System.Diagnostics;
using System.Security.Cryptography;
using CsPlatform.Local;

namespace CsPlatform.Fuzz;

/// <summary>The loop: mutate, judge, keep what took a new branch.</summary>
internal static class FuzzRun
{
    private static readonly TimeSpan SlowInput = TimeSpan.FromSeconds(2);

    /// <returns>0 where nothing was found.</returns>
    public static int Run(FuzzOptions options)
    {
        var folder = Path.Combine(Clone.Root, ".local", "fuzz");
        var (corpus, coverage, mutator) = (new List<byte[]>(), new Coverage(), new Mutator(options.Seed));
        long executions = 0;
        // Some branches run once in a process, whatever the input.
        foreach (var input in Target.Seeds())
            Try(input);
        foreach (var input in Target.Seeds().Concat(options.KeepsCorpus ? Kept(folder) : []))
            if (!Execute(input))
                return 1;

        Console.WriteLine($"seed {options.Seed}, {corpus.Count} inputs to start from");
        var (since, next) = (Stopwatch.GetTimestamp(), TimeSpan.FromSeconds(5));
        while (Stopwatch.GetElapsedTime(since) is var elapsed && elapsed < TimeSpan.FromSeconds(options.Seconds))
        {
            if (elapsed > next)
            {
                next = elapsed + TimeSpan.FromSeconds(5);
                Print();
            }

            if (!Execute(mutator.Next(corpus)))
                return 1;
        }

        Print();
        return 0;

        bool Execute(byte[] input)
        {
            executions++;
            coverage.Clear();
            var started = Stopwatch.GetTimestamp();
            if (Try(input) is { } finding)
                return Found(folder, input, finding);
            if (Stopwatch.GetElapsedTime(started) > SlowInput)
                return Found(
                    folder, input,
                    new TimeoutException($"More than {SlowInput.TotalSeconds} s for {input.Length} bytes."));
            if (!coverage.Add())
                return true;
            corpus.Add(input);
            if (options.KeepsCorpus)
                Keep(folder, "corpus", input);
            return true;
        }

        void Print() => Console.WriteLine(
            $"{executions} executions, {coverage.Edges} edges covered, {corpus.Count} inputs in the corpus");
    }

    private static Exception? Try(byte[] input)
    {
        try
        {
            Target.Judge(input);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static bool Found(string folder, byte[] input, Exception finding)
    {
        var file = Keep(folder, "findings", input);
        Console.WriteLine($"FOUND {file}\n{finding}\nas Base64: {Convert.ToBase64String(input)}");
        return false;
    }

    private static IEnumerable<byte[]> Kept(string folder) =>
        Directory.Exists(Path.Combine(folder, "corpus"))
            ? Directory.GetFiles(Path.Combine(folder, "corpus")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
            : [];

    private static string Keep(string folder, string kind, byte[] input)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(input))[..16];
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, kind)).FullName, name);
        File.WriteAllBytes(file, input);
        return file;
    }
}
