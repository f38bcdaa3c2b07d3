namespace CsPlatform.Bench.Measuring;

/// <summary>One quantity, measured several times.</summary>
internal sealed record Samples(IReadOnlyList<double> Values)
{
    public double Median => Percentile(50);

    public double Min => Values.Min();

    public double Max => Values.Max();

    /// <summary>By nearest rank; of an even number of values the median is the mean of the two in the middle.</summary>
    public double Percentile(int percent)
    {
        var sorted = Values.Order().ToArray();
        if (percent == 50 && sorted.Length % 2 == 0)
            return (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100.0 * sorted.Length) - 1)];
    }
}

/// <summary>What a row measured: the same round of both, side by side.</summary>
internal sealed record Pair(Samples Baseline, Samples Subject)
{
    /// <summary>Subject over baseline, round by round: what slowed the machine for a while slowed both.</summary>
    public Samples Ratio => new([.. Subject.Values.Zip(Baseline.Values, (s, b) => s / b)]);
}
