namespace CsPlatform.Feedback.Answers;

internal static class Timestamps
{
    /// <summary>No answer is older; PostgreSQL would turn .NET's least time into -infinity.</summary>
    public static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>UTC, cut to PostgreSQL's microseconds, so that event, row and message say the same time.</summary>
    public static DateTimeOffset ToStored(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
