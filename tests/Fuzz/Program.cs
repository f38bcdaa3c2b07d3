using System.Diagnostics;
using CsPlatform.Fuzz;
using CsPlatform.Local;

const string help = """
    ./cs fuzz [--seconds N] [--seed N]     throw mutated bytes at the edge that judges usage events

      --seconds N    how long (default 60)
      --seed N       of the mutations (default: another one each time; it is printed)

    Coverage-guided: an instrumented copy of the Engagement service says which branches an input took, and what takes
    new ones is kept and mutated further. A failure is an exception that no publisher should be able to cause, or an
    event that was accepted and does not read back as it was. It is written to .local/fuzz/findings and ends the run
    with 1. The corpus stays in .local/fuzz/corpus for the next run.
    """;

if (args.Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(help);
    return 0;
}

var options = FuzzOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(help);
    return 2;
}

if (options.IsInstrumented)
    return FuzzRun.Run(options);

// The runtime loads what lies beside the program: the same program again, from a folder where it is instrumented.
using var instrumented = Process.Start(new ProcessStartInfo(
    "dotnet", [InstrumentedCopy.Make(Path.Combine(Clone.Root, ".local", "fuzz")), .. options.ForCopy()]))!;
Console.CancelKeyPress += (_, e) => e.Cancel = true;
await instrumented.WaitForExitAsync();
return instrumented.ExitCode;
