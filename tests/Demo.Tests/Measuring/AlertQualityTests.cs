using CsPlatform.Demo.Measuring;

namespace CsPlatform.Demo.Tests.Measuring;

public sealed class AlertQualityTests
{
    [Fact]
    public void Precision_recall_and_lift()
    {
        var quality = new AlertQuality(Accounts: 10, Flagged: 4, Left: 5, FlaggedAndLeft: 3);
        Assert.Equal(0.75, quality.Precision);
        Assert.Equal(0.6, quality.Recall);
        Assert.Equal(0.5, quality.BaseRate);
        Assert.Equal(1.5, quality.Lift);
    }

    [Fact]
    public void No_figure_where_nothing_was_flagged_or_nobody_left()
    {
        var quality = new AlertQuality(Accounts: 2, Flagged: 0, Left: 0, FlaggedAndLeft: 0);
        Assert.Null(quality.Precision);
        Assert.Null(quality.Recall);
        Assert.Null(quality.Lift);
        Assert.Null(new AlertQuality(0, 0, 0, 0).BaseRate);
    }
}
