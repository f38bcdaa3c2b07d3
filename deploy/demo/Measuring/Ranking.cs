namespace CsPlatform.Demo.Measuring;

/// <summary>
/// One account at a cut date: how much at risk it was held to be, and whether it left in the time after.
/// </summary>
/// <param name="Risk">Any scale; higher means sooner gone.</param>
internal readonly record struct RankedCase(double Risk, bool Left);

internal static class Ranking
{
    /// <summary>
    /// Area under the ROC curve: the chance that one who left was held to be more at risk than one who stayed, ties
    /// counting half (Mann and Whitney's U by mid-ranks). Null when all left or none did.
    /// </summary>
    public static double? Auc(IEnumerable<RankedCase> cases)
    {
        var sorted = cases.OrderBy(c => c.Risk).ToArray();
        var left = sorted.Count(c => c.Left);
        var stayed = sorted.Length - left;
        if (left == 0 || stayed == 0)
            return null;

        double rankSum = 0;
        for (var from = 0; from < sorted.Length;)
        {
            var to = from;
            while (to < sorted.Length && sorted[to].Risk.Equals(sorted[from].Risk))
                to++;
            var midRank = (from + 1 + to) / 2.0;
            for (; from < to; from++)
                if (sorted[from].Left)
                    rankSum += midRank;
        }
        return (rankSum - left * (left + 1.0) / 2) / ((double)left * stayed);
    }

    public static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
