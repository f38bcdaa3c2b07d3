using System.Diagnostics;
using System.Globalization;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Reporting;
using CsPlatform.Bench.Running;
using CsPlatform.Local;

if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(BenchOptions.Help);
    return 0;
}

using var interruption = new Interruption();
try
{
    var options = BenchOptions.Parse(args);
    var start = Stopwatch.GetTimestamp();
    var measuredAt = TimeProvider.System.GetUtcNow();
    await using var system = await BenchSystem.StartAsync(Console.WriteLine, interruption.Token);
    var machine = await Machine.LookAsync(system, interruption.Token);
    var results = new List<Result>();
    foreach (var row in options.Rows)
    {
        var pairs = await row.Measure(system, interruption.Token);
        foreach (var result in row.Lines.Zip(pairs, (line, pair) => new Result(line, pair)))
        {
            results.Add(result);
            Console.WriteLine(
                $"{result.Line.Name,-20} {Figures.WithSpread(result.Pair.Subject)} {result.Line.Unit}"
                + $" | baseline {Figures.WithSpread(result.Pair.Baseline)}"
                + $" | ratio {Figures.WithSpread(result.Pair.Ratio)}");
        }
    }

    var time = measuredAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
    var json = options.JsonPath ?? Path.Combine(Clone.Root, ".local", "bench", $"{time}.json");
    ResultFile.Write(json, results, machine, measuredAt);
    Console.WriteLine($"{json} ({Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)");
    if (options.IsWhole)
    {
        var page = Path.Combine(Clone.Root, BenchmarksPage.RelativePath);
        File.WriteAllText(page, BenchmarksPage.WithTable(File.ReadAllText(page), results, machine, measuredAt));
        ResultFile.Write(Path.ChangeExtension(page, "json"), results, machine, measuredAt);
        Console.WriteLine(page);
    }

    return 0;
}
catch (LocalException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
{
    Console.Error.WriteLine("stopped");
    return 130;
}
catch (Exception e)
{
    // Caught so that the system is stopped in order; nothing is hidden.
    Console.Error.WriteLine(e);
    return 1;
}
