using CsCheck;
using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Figures;

public sealed class AccountFiguresTests
{
    [Fact]
    public void Nobody_answered_gives_no_value()
    {
        var figures = AccountFigures.Of([]);

        Assert.Equal(new NpsFigure(null, 0, true, 0, 0, 0, new Scale(0, 10)), figures.Nps);
        Assert.Equal(new CsatFigure(null, null, 0, true, new Scale(1, 5)), figures.Csat);
        Assert.Equal(new CesFigure(null, null, 0, true, new Scale(1, 7)), figures.Ces);
        Assert.Empty(figures.OtherScales);
    }

    [Theory]
    [InlineData(new[] { 10, 9, 8, 7, 6 }, 20)]      // 6 is a detractor, passives count in n only
    [InlineData(new[] { 9, 9, 9, 9 }, 100)]
    [InlineData(new[] { 0, 6, 6 }, -100)]
    [InlineData(new[] { 7, 8 }, 0)]
    [InlineData(new[] { 10, 10, 6 }, 33.3333)]
    [InlineData(new[] { 10, 0, 0, 7, 7, 7, 7 }, -14.2857)]
    public void Nps_by_hand(int[] scores, double expected) =>
        Assert.Equal((decimal)expected, AccountFigures.NpsOf(scores).Value);

    [Fact]
    public void Nps_counts_each_group()
    {
        var nps = AccountFigures.NpsOf([10, 9, 8, 7, 6, 0]);
        Assert.Equal((2, 2, 2, 6), (nps.Promoters, nps.Passives, nps.Detractors, nps.N));
    }

    [Fact]
    public void Csat_is_the_share_of_fours_and_fives_and_the_mean()
    {
        var csat = AccountFigures.CsatOf([5, 4, 3, 2, 1]);
        Assert.Equal((40m, 3m, false), (csat.TopTwoBoxPercent, csat.Mean, csat.LowSample));
    }

    [Fact]
    public void Ces_is_the_mean_and_the_share_of_five_to_seven()
    {
        var ces = AccountFigures.CesOf([7, 5, 4, 1]);
        Assert.Equal((4.25m, 50m, true), (ces.Mean, ces.EasyPercent, ces.LowSample));
    }

    [Fact]
    public void Only_the_last_answer_of_each_person_counts()
    {
        var figures = AccountFigures.Of(
        [
            Row("ann", Metric.Nps, 10, daysAgo: 1), Row("ann", Metric.Nps, 0, daysAgo: 90),
            Row("bob", Metric.Nps, 3, daysAgo: 2), Row("bob", Metric.Csat, 5, daysAgo: 1),
        ]);

        Assert.Equal((0m, 2), (figures.Nps.Value, figures.Nps.N));
        Assert.Equal((100m, 1), (figures.Csat.TopTwoBoxPercent, figures.Csat.N));
    }

    [Fact]
    public void Four_persons_are_a_low_sample_and_five_are_not()
    {
        var five = Enumerable.Range(1, 5).Select(i => Row($"contact-{i}", Metric.Nps, 9)).ToList();

        Assert.True(AccountFigures.Of(five.Take(4)).Nps.LowSample);
        Assert.False(AccountFigures.Of(five).Nps.LowSample);
    }

    [Fact]
    public void Scales_are_never_mixed_and_a_reversed_one_counts_from_its_best_end()
    {
        var reversed = new Scale(1, 7, HigherIsBetter: false);
        var figures = AccountFigures.Of(
        [
            Row("ann", Metric.Ces, 1), Row("ann", Metric.Ces, 1, scale: reversed),
            Row("bob", Metric.Ces, 4, scale: reversed),
        ]);

        Assert.Equal((1, 1m, 0m), (figures.Ces.N, figures.Ces.Mean, figures.Ces.EasyPercent));
        Assert.Equal([new OtherScaleFigure(Metric.Ces, reversed, 50m, 2.5m, 2, true)], figures.OtherScales);
    }

    [Fact]
    public void Share_has_no_value_where_its_definition_does_not_reach()
    {
        var other = Assert.Single(AccountFigures.Of([Row("ann", Metric.Csat, 9, scale: new Scale(1, 10))]).OtherScales);
        Assert.Equal((null, 9m), (other.FavourablePercent, other.Mean));
    }

    private static readonly Gen<AccountAnswer> Answer =
        from contact in Gen.Int[1, 6]
        from metric in Gen.OneOf(Metric.Nps, Metric.Csat, Metric.Ces)
        from score in Gen.Int[1, 5]
        from daysAgo in Gen.Int[0, 3]
        from reversed in Gen.Bool
        from id in Gen.Int
        select Row(
            $"contact-{contact}", metric, score, daysAgo,
            reversed && metric != Metric.Nps ? new Scale(1, 7, HigherIsBetter: false) : null, id);

    [Fact]
    public void Order_and_repeats_of_answers_do_not_matter() =>
        Gen.Select(Answer.List[0, 30], Gen.Int[0, 1_000_000]).Sample((answers, seed) =>
        {
            answers = [.. answers.DistinctBy(a => a.Id)];
            var again = answers.Concat(answers.Where((_, i) => (i ^ seed) % 3 == 0)).ToArray();
            new Random(seed).Shuffle(again);

            var (expected, actual) = (AccountFigures.Of(answers), AccountFigures.Of(again));

            Assert.Equal(
                (expected.Nps, expected.Csat, expected.Ces), (actual.Nps, actual.Csat, actual.Ces));
            Assert.Equal(expected.OtherScales, actual.OtherScales);
        });

    [Fact]
    public void Figures_stay_within_their_bounds_and_count_persons() =>
        Answer.List[0, 30].Sample(answers =>
        {
            var figures = AccountFigures.Of(answers);

            Assert.True(figures.Nps.Value is null or (>= -100 and <= 100));
            Assert.Equal(figures.Nps.N == 0, figures.Nps.Value is null);
            Assert.Equal(figures.Nps.N, figures.Nps.Promoters + figures.Nps.Passives + figures.Nps.Detractors);
            Assert.Equal(
                answers.Where(a => a.Metric == Metric.Nps).Select(a => a.ContactId).Distinct().Count(), figures.Nps.N);
        });
}
