using CsPlatform.Demo.Measuring;

namespace CsPlatform.Demo.Tests.Measuring;

public sealed class RankingTests
{
    [Fact]
    public void Auc_of_the_textbook_example()
    {
        // 3 of 4 pairs are in order.
        RankedCase[] cases = [new(0.1, false), new(0.4, false), new(0.35, true), new(0.8, true)];
        Assert.Equal(0.75, Ranking.Auc(cases));
    }

    [Fact]
    public void Ties_count_half()
    {
        Assert.Equal(0.5, Ranking.Auc([new(1, false), new(1, true), new(1, false), new(1, true)]));
        // Pairs (5,5) half, (5,3) whole, (7,5) whole, (7,3) whole: 3.5 of 4.
        Assert.Equal(0.875, Ranking.Auc([new(5, true), new(7, true), new(5, false), new(3, false)]));
    }

    [Fact]
    public void Perfect_and_upside_down()
    {
        Assert.Equal(1, Ranking.Auc([new(2, true), new(1, false)]));
        Assert.Equal(0, Ranking.Auc([new(1, true), new(2, false)]));
    }

    [Fact]
    public void No_figure_where_all_left_or_none()
    {
        Assert.Null(Ranking.Auc([new(1, true), new(2, true)]));
        Assert.Null(Ranking.Auc([new(1, false)]));
        Assert.Null(Ranking.Auc([]));
    }

    [Fact]
    public void Agrees_with_counting_pairs()
    {
        var random = new Demo.Simulator.SeededRandom(3);
        var cases = Enumerable.Range(0, 200).Select(
            _ => new RankedCase(random.Between(0, 20), random.Chance(0.3))).ToArray();
        var (left, stayed) = (cases.Where(c => c.Left).ToArray(), cases.Where(c => !c.Left).ToArray());
        var pairs = left.SelectMany(
            _ => stayed, (l, s) => l.Risk > s.Risk ? 1.0 : l.Risk.Equals(s.Risk) ? 0.5 : 0).Average();
        Assert.Equal(pairs, Ranking.Auc(cases)!.Value, 12);
    }

    [Fact]
    public void Median_of_odd_even_and_none()
    {
        Assert.Equal(3, Ranking.Median([9, 3, 1]));
        Assert.Equal(2.5, Ranking.Median([4, 1, 3, 2]));
        Assert.Null(Ranking.Median([]));
    }
}
