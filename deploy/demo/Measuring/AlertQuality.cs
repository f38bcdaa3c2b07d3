namespace CsPlatform.Demo.Measuring;

/// <summary>
/// Flagged accounts against those that left. Ratios are null where nothing was flagged, or nobody left.
/// </summary>
internal sealed record AlertQuality(int Accounts, int Flagged, int Left, int FlaggedAndLeft)
{
    /// <summary>Of the flagged, the share that left.</summary>
    public double? Precision => Flagged == 0 ? null : (double)FlaggedAndLeft / Flagged;

    /// <summary>Of those that left, the share that was flagged.</summary>
    public double? Recall => Left == 0 ? null : (double)FlaggedAndLeft / Left;

    /// <summary>What flagging at random would reach as precision.</summary>
    public double? BaseRate => Accounts == 0 ? null : (double)Left / Accounts;

    /// <summary>Precision over base rate: how much better than chance.</summary>
    public double? Lift => Precision / BaseRate;
}
