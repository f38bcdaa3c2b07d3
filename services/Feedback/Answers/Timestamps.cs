namespace CsPlatform.Feedback.Answers;

internal static class Timestamps
{
    /// <summary>Before this no answer can have been given; PostgreSQL would turn the least .NET time into -infinity.</summary>
    public static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>UTC, cut to the microseconds that PostgreSQL keeps, so that event, row and message say the same time.</summary>
    public static DateTimeOffset ToStored(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
