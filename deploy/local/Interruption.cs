using System.Runtime.InteropServices;

namespace CsPlatform.Local;

/// <summary>
/// Ctrl-C, kill and a closed terminal all mean: end what was started, in order. A second one changes nothing.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> signals;

    public Interruption() => signals =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true; // of the signal's own effect, to end at once
                stop.Cancel();
            }))];

    /// <summary>Ends at the first of these signals.</summary>
    public CancellationToken Token => stop.Token;

    public void Dispose()
    {
        signals.ForEach(s => s.Dispose());
        stop.Dispose();
    }
}
