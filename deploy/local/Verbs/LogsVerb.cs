using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>Shows the logs of the services and servers.</summary>
internal static class LogsVerb
{
    public static Verb Definition { get; } = new("logs", """
        ./cs logs [name…] [-f] [--lines N] [--of system|demo]     show logs

          name…         accounts, accounts-migrate, engagement…, postgres, rabbitmq, apphost (default: all)
          -f            go on as lines come, until Ctrl-C
          --lines N     the last N lines of each (default 50)
          --of          whose: what `up` started (system, the default) or the demo
        """, ["--lines", StateOption.Name], ["-f"], RunAsync);

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var folder = StateOption.Of(arguments).Path("logs");
        List<string> present = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal)] : [];
        var chosen = arguments.Words.Count == 0 ? present
            : [.. arguments.Words.Select(name => present.Find(p => Name(p) == name)
                ?? throw new LocalException($"There is no log of {name} in {folder}."))];
        var tails = chosen.ConvertAll(path =>
            (Prefix: chosen.Count == 1 ? "" : $"{Name(path),-12} | ", Path: path, Tail: LogTail.FromEnd(path)));

        foreach (var (prefix, path, _) in tails)
            foreach (var line in File.ReadLines(path).TakeLast(arguments.Number("--lines", 50)))
                Console.WriteLine(prefix + line);
        if (!arguments.Has("-f"))
            return 0;

        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var (prefix, _, tail) in tails)
                tail.ForNewLines(line => Console.WriteLine(prefix + line));
            try
            {
                await poll.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        return 0;
    }

    private static string Name(string logFile) => Path.GetFileNameWithoutExtension(logFile);
}
