namespace CsPlatform.Bench.Measuring;

/// <summary>One quantity, measured several times.</summary>
internal sealed record Samples(IReadOnlyList<double> Values)
{
    /// <summary>
    /// Cores that each program had meanwhile: the median of the rounds. Empty when that was not measured.
    /// </summary>
    public IReadOnlyDictionary<string, double> Cores { get; init; } = new Dictionary<string, double>();

    public double Median => Percentile(50);

    public double Min => Values.Min();

    public double Max => Values.Max();

    public static Samples Of(IReadOnlyList<Measured> rounds) => new([.. rounds.Select(r => r.Value)])
    {
        Cores = rounds.SelectMany(r => r.Cores).GroupBy(c => c.Key, c => c.Value)
            .ToDictionary(g => g.Key, g => new Samples([.. g]).Median),
    };

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
