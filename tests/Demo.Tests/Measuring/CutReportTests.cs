using CsPlatform.Demo.Measuring;
using CsPlatform.Demo.Reporting;

namespace CsPlatform.Demo.Tests.Measuring;

public sealed class CutReportTests
{
    private static readonly DateOnly Day = new(2025, 6, 1);

    private static CutCase Case(decimal? score, int? silent, bool flagged, bool left) =>
        new(Guid.Empty, score, silent, flagged, left);

    [Fact]
    public void Counts_and_ranks_the_customers_of_a_day()
    {
        var report = CutReport.Of(Day,
        [
            Case(20, 50, true, true), Case(80, 2, false, false), Case(30, 1, true, false), Case(
                null, null, false, true), Case(60, 3, false, false),
        ]);
        Assert.Equal(new(5, 2, 2, 1), report.Alerts);
        // Risks of the lost 80 and 50, of the kept 20, 70, 40: 3 + 2 of 6 pairs in order.
        Assert.Equal(5 / 6.0, report.ScoreAuc!.Value, 12);
        Assert.Equal(1, report.RecencyAuc);
        Assert.Equal(1, report.WithoutScore);
    }

    [Fact]
    public void Truth_by_departures_knows_customers_and_horizon()
    {
        var (early, late, stays) = (
            new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]), new Guid(3, 0, 0, new byte[8]));
        var truth = Truth.OfDepartures(new Dictionary<Guid, Leaving>
        {
            [early] = new(Day.AddDays(91), "x"),
            [late] = new(Day.AddDays(92), "x"),
        });
        Assert.True(truth.LeftAfter(early, Day));
        Assert.False(truth.LeftAfter(late, Day));
        Assert.False(truth.LeftAfter(stays, Day));
        Assert.True(truth.IsCustomerOn(early, Day.AddDays(90)));
        Assert.False(truth.IsCustomerOn(early, Day.AddDays(91)));
    }

    [Theory]
    [InlineData(0.70, 0.66, "The score beats recency alone.")]
    [InlineData(0.60, 0.66, "The score LOSES to recency alone.")]
    [InlineData(0.662, 0.66, "The score is level with recency alone.")]
    public void The_verdict_is_said_whichever_way_it_falls(double score, double recency, string expected) =>
        Assert.Contains(expected, TruthReport.Verdicts(new(Day, new(100, 10, 50, 5), score, recency, 0), known: null));

    [Fact]
    public void Few_cases_are_said_to_be_few() =>
        Assert.Contains(TruthReport.Verdicts(new(Day, new(100, 10, 4, 2), 0.9, 0.5, 0), known: null),
            line => line.StartsWith("Only 4 were lost", StringComparison.Ordinal));
}
