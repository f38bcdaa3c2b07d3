using System.Diagnostics;
using CsPlatform.Demo.Reporting;
using CsPlatform.Demo.Running;
using CsPlatform.Local;

if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(DemoOptions.Help);
    return 0;
}

var start = Stopwatch.GetTimestamp();
using var interruption = new Interruption();
var hasTerminal = !Console.IsOutputRedirected;
DemoSystem? system = null;
var stays = false;
try
{
    var options = DemoOptions.Parse(args, hasTerminal);
    var scenario = options.OnlineRetail ? Scenario.OnlineRetail(options.Days) : Scenario.SampleCompany(options.Days);
    system = await DemoSystem.StartAsync(scenario.Sources, Console.WriteLine, interruption.Token);
    await new DemoRun(scenario, system, Console.Out, hasTerminal).RunAsync(interruption.Token);
    await system.LiveOnAsync(scenario.Days[^1].Date, interruption.Token);
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
catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
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
    if (system is not null)
    {
        if (!stays)
            await system.StopAsync();
        await system.DisposeAsync();
    }
}
