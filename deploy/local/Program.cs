using System.Runtime.InteropServices;
using CsPlatform.Local;
using CsPlatform.Local.Verbs;

if (Verb.All.FirstOrDefault(v => v.Name == args.FirstOrDefault()) is not { } verb)
{
    Console.Error.WriteLine($"Verbs: {string.Join(' ', Verb.All.Where(v => v.Help.Length > 0).Select(v => v.Name))}");
    return 2;
}
if (args.Skip(1).TakeWhile(a => a != "--").Any(a => a is "--help" or "-h"))
{
    Console.WriteLine(verb.Help);
    return 0;
}

using var stop = new CancellationTokenSource();
// Ctrl-C, kill and a closed terminal all mean: end what was started, in order. A second one changes nothing.
List<PosixSignalRegistration> signals =
    [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        }))];
try
{
    return await verb.RunAsync(Arguments.Parse(args[1..], verb.Options, verb.Flags), stop.Token);
}
catch (LocalException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("stopped");
    return 130;
}
finally
{
    signals.ForEach(s => s.Dispose());
}
