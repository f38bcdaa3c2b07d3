namespace CsPlatform.Local.Verbs;

/// <summary>One verb of ./cs. Its help text stands beside its code.</summary>
internal sealed record Verb(
    string Name, string Help, string[] Options, string[] Flags, Func<Arguments, CancellationToken, Task<int>> RunAsync)
{
    public static IReadOnlyList<Verb> All { get; } =
        [UpVerb.Definition, DownVerb.Definition, StatusVerb.Definition, LogsVerb.Definition, ResetVerb.Definition,
         TokenVerb.Definition, AmqpVerb.Definition, TellVerb.Definition, TestVerb.Definition, SetupVerb.Definition,
         SweepVerb.Definition, ServersVerb.Definition];
}
