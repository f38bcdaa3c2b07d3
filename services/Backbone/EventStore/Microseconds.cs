namespace CsPlatform.Backbone;

/// <summary>Times as PostgreSQL keeps them.</summary>
public static class Microseconds
{
    /// <summary>
    /// UTC, cut to whole microseconds: more is not kept, so that event, row and message say the same time.
    /// </summary>
    /// <param name="time">With any offset.</param>
    public static DateTimeOffset WholeMicroseconds(this DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
