namespace CsPlatform.ServiceDefaults;

/// <summary>
/// A clock that stands still until it is moved, so that history can be played as if it happened now. Timers stay real.
/// In use only in Development with <c>Clock__Replay=true</c>.
/// </summary>
/// <param name="start">The first time shown, UTC.</param>
public sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    /// <summary>Moves the clock, also backwards.</summary>
    /// <param name="now">The time it shows from now on.</param>
    public void MoveTo(DateTimeOffset now) => Volatile.Write(ref ticks, now.UtcTicks);
}
