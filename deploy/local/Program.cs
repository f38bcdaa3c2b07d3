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

using var interruption = new Interruption();
try
{
    return await verb.RunAsync(Arguments.Parse(args[1..], verb.Options, verb.Flags), interruption.Token);
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
