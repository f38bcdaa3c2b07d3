using CsPlatform.Demo.Measuring;

namespace CsPlatform.Demo.Tests.Measuring;

public sealed class AlertQualityTests
{
    [Fact]
    public void Precision_recall_and_lift()
    {
        // Ten accounts, four flagged, five left, three of them flagged.
        var quality = AlertQuality.Of(Enumerable.Range(1, 10).ToList(), new HashSet<int> { 1, 2, 3, 4 }, new HashSet<int> { 2, 3, 4, 5, 6 });
        Assert.Equal(new(10, 4, 5, 3), quality);
        Assert.Equal(0.75, quality.Precision);
        Assert.Equal(0.6, quality.Recall);
        Assert.Equal(0.5, quality.BaseRate);
        Assert.Equal(1.5, quality.Lift);
    }

    [Fact]
    public void Accounts_outside_do_not_count() =>
        Assert.Equal(new(2, 1, 1, 1), AlertQuality.Of([1, 2], new HashSet<int> { 1, 99 }, new HashSet<int> { 1, 98 }));

    [Fact]
    public void No_figure_where_nothing_was_flagged_or_nobody_left()
    {
        var quality = AlertQuality.Of([1, 2], new HashSet<int>(), new HashSet<int>());
        Assert.Null(quality.Precision);
        Assert.Null(quality.Recall);
        Assert.Null(quality.Lift);
    }
}
