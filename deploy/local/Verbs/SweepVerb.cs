using CsPlatform.Local.Processes;

namespace CsPlatform.Local.Verbs;

/// <summary>
/// Ends what a program that is gone left running in its state directories; called by its <see cref="Keeper"/>. What
/// another program has started there since is left alone.
/// </summary>
internal static class SweepVerb
{
    // Nobody waits for an answer any more: short, and enough for the servers' own shutdown.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Verb Definition { get; } = new("sweep", "", [], [], async (arguments, _) =>
    {
        var owner = ProcessIdentity.Parse(arguments.Words[0]);
        await Task.WhenAll(arguments.Words.Skip(1).Where(Directory.Exists).Select(root =>
        {
            var state = new StateDirectory(root);
            return new ProcessLedger(state).SweepAsync(
                _ => { }, Patience, unless: () => Keeper.OwnerOf(state) is { } other && other != owner);
        }));
        return 0;
    });
}
