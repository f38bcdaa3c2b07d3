using System.Diagnostics;
using System.Runtime.InteropServices;
using CsPlatform.Demo.Reporting;
using CsPlatform.Demo.Running;
using CsPlatform.Local;

if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(DemoOptions.Help);
    return 0;
}

var start = Stopwatch.GetTimestamp();
using var stop = new CancellationTokenSource();
List<PosixSignalRegistration> signals =
    [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // stop in order instead of at once
            stop.Cancel();
        }))];
var hasTerminal = !Console.IsOutputRedirected;
DemoSystem? system = null;
var stays = false;
try
{
    var options = DemoOptions.Parse(args, hasTerminal);
    var scenario = options.OnlineRetail ? Scenario.OnlineRetail(options.Days) : Scenario.SampleCompany(options.Days);
    system = await DemoSystem.StartAsync(scenario.Sources, Console.WriteLine, stop.Token);
    await new DemoRun(scenario, system, Console.Out, hasTerminal).RunAsync(stop.Token);
    Console.WriteLine($"\nThe demo took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
    stays = !options.Stop;
    if (stays)
        NextSteps.Write(Console.Out, system);
    return 0;
}
catch (LocalException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("\nstopped");
    return 130;
}
catch (Exception e)
{
    // Caught so that the system is stopped in order; nothing is hidden.
    Console.Error.WriteLine($"\n{e}");
    return 1;
}
finally
{
    if (!stays && system is not null)
    {
        Console.WriteLine("stopping the system");
        await system.DisposeAsync();
    }
    signals.ForEach(s => s.Dispose());
}
