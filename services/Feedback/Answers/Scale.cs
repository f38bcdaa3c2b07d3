namespace CsPlatform.Feedback.Answers;

internal enum Metric
{
    Nps,
    Csat,
    Ces,
}

/// <summary>
/// What the numbers of an answer mean. Stored with each answer, since the same question has been asked on scales that
/// run the other way (the CES of 2010: 1 is the best); answers on different scales are never put into one figure.
/// </summary>
internal sealed record Scale(int Min, int Max, bool HigherIsBetter = true)
{
    /// <summary>More steps than this is no survey question.</summary>
    public const int StepsMax = 101;

    public static Scale StandardOf(Metric metric) => metric switch
    {
        Metric.Nps => new Scale(0, 10),
        Metric.Csat => new Scale(1, 5),
        Metric.Ces => new Scale(1, 7),
    };

    public int Steps => Max - Min + 1;

    /// <summary>0 for the best possible answer, whatever the direction.</summary>
    public int StepsFromBest(int score) => HigherIsBetter ? Max - score : score - Min;
}

/// <summary>The words at the two ends of the scale, as they were shown.</summary>
internal sealed record ScaleAnchors(string Lowest, string Highest);
