namespace CsPlatform.ServiceDefaults;

/// <summary>
/// The domain's clock while history is played: it stands where it was put, or goes on from there at real pace. Timers
/// stay real. In use only in Development with <c>Clock__Replay=true</c>; <c>PUT /dev/clock</c> moves it.
/// </summary>
/// <param name="start">Where it stands first, UTC.</param>
public sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private volatile Position position = new(start.ToUniversalTime(), null);

    /// <summary>Whether it goes on; otherwise it stands.</summary>
    public bool Runs => position.Since is not null;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var shown = position;
        return shown.Since is { } since ? shown.At + System.GetElapsedTime(since) : shown.At;
    }

    /// <summary>Moves the clock, also backwards.</summary>
    /// <param name="now">The time it shows from now on, or goes on from.</param>
    /// <param name="runs">Whether it goes on at real pace, by the monotonic clock.</param>
    public void MoveTo(DateTimeOffset now, bool runs = false) =>
        position = new(now.ToUniversalTime(), runs ? System.GetTimestamp() : null);

    private sealed record Position(DateTimeOffset At, long? Since);
}
