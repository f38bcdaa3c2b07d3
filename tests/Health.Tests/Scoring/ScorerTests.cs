using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Tests.Scoring;

public sealed class ScorerTests
{
    [Fact]
    public void Nothing_known_gives_no_band_and_no_coverage()
    {
        var score = Score(new HealthSpec());

        Assert.Equal(0, score.Coverage);
        Assert.False(score.Sufficient);
        Assert.Empty(score.Contributions);
    }

    [Fact]
    public void One_day_of_use_is_just_enough_to_say_something()
    {
        // frequency: prior only, 91 × 0.5 ÷ 60 = 0.76 → 20.4 ; recency: today → 100 ; breadth: 4 features → 77.5
        var score = Score(new HealthSpec().Use());

        Assert.Equal(0.55m, score.Coverage);
        Assert.True(score.Sufficient);
        Assert.Equal(["frequency", "recency", "breadth"], score.Contributions.Select(c => c.Measure));
        Assert.Equal([20.4m, 100m, 77.5m], score.Contributions.Select(c => c.MeasurePoints));
        Assert.Equal(54.5m, score.Value); // (30 × 20.4 + 20 × 100 + 5 × 77.5) ÷ 55 = 54.54
        Assert.Equal(54.5m, score.Contributions.Sum(c => c.Points));
    }

    [Fact]
    public void Days_before_the_account_existed_do_not_count_against_it()
    {
        var young = new HealthSpec();
        for (var i = 0; i < 14; i++)
            young.Use().Pass(1);

        Assert.True(Score(young).Contributions.Single(c => c.Measure == "frequency").MeasurePoints >= 80);
    }

    [Fact]
    public void Daily_use_is_healthy_and_silence_is_seen_within_days()
    {
        var spec = new HealthSpec().UseDaily(60).Sign(300).Answer(9);
        var healthy = Score(spec).Value;
        var silent = Score(spec.Pass(14)).Value;

        Assert.True(healthy > 90, $"{healthy}");
        Assert.True(healthy - silent > 15, $"{healthy} to {silent}");
    }

    [Fact]
    public void A_day_that_has_just_begun_is_no_silence()
    {
        var spec = new HealthSpec().UseDaily(60).Pass(-1);
        var evening = Score(spec);
        var afterMidnight = Score(spec.Pass(0.2));

        foreach (var measure in (string[])["recency", "rhythm"])
            Assert.Equal(Value(evening, measure), Value(afterMidnight, measure));
        Assert.Equal(1, Value(Score(spec.Pass(1)), "rhythm"));

        static decimal Value(Score score, string measure) => score.Contributions.Single(
            c => c.Measure == measure).Value;
    }

    [Fact]
    public void A_monthly_rhythm_is_not_held_against_a_sparse_account()
    {
        var spec = new HealthSpec();
        for (var i = 0; i < 6; i++)
            spec.Use().Pass(30);

        var score = Score(spec.Pass(-10));
        Assert.Equal(100, score.Contributions.Single(c => c.Measure == "rhythm").MeasurePoints);
        Assert.DoesNotContain(score.Contributions, c => c.Measure == "trend"); // too thin a habit for a trend
    }

    [Theory]
    [InlineData(9, 0, 10, true, 90)]
    [InlineData(1, 1, 7, false, 100)]
    [InlineData(4, 1, 5, true, 75)]
    public void An_answer_honours_its_scale_and_direction(
        int answer, int min, int max, bool higherIsBetter, int normalised)
    {
        var score = Score(new HealthSpec().Answer(answer, min: min, max: max, higherIsBetter: higherIsBetter));

        Assert.Equal(normalised, score.Contributions.Single().Value);
    }

    [Fact]
    public void Only_the_last_answer_of_a_contact_and_metric_counts()
    {
        var score = Score(new HealthSpec().Answer(2).Pass(1).Answer(10).Answer(6, contact: "c2"));

        Assert.Equal(80, score.Contributions.Single().Value);
        Assert.Equal(2, score.Contributions.Single().Evidence.FactCount);
    }

    [Fact]
    public void An_old_answer_goes_stale_and_leaves_the_sum()
    {
        var spec = new HealthSpec().Answer(2).Pass(181).Use();

        Assert.Contains("satisfaction", Score(spec).Missing);
    }

    [Theory]
    [InlineData(200, 100)]
    [InlineData(60, 70)]
    [InlineData(45, 60)]
    [InlineData(0, 20)]
    [InlineData(-30, 0)]
    public void A_near_end_of_the_contract_costs_points(int endsInDays, int points) =>
        Assert.Equal(points, Score(new HealthSpec().Sign(endsInDays)).Contributions.Single().MeasurePoints);

    [Theory]
    [InlineData(70, null, Band.Green)]
    [InlineData(69.9, null, Band.Yellow)]
    [InlineData(40, null, Band.Yellow)]
    [InlineData(39.9, null, Band.Red)]
    [InlineData(66, Band.Green, Band.Green)]
    [InlineData(65.9, Band.Green, Band.Yellow)]
    [InlineData(44.9, Band.Red, Band.Red)]
    [InlineData(45, Band.Red, Band.Yellow)]
    [InlineData(20, Band.Green, Band.Red)]
    public void Edges_belong_to_the_band_above_and_a_band_is_left_past_its_own_edge(
        double score, object? previous, object band) =>
        Assert.Equal(band, DefaultModel.Version1.Bands.BandOf((decimal)score, (Band?)previous));

    private static Score Score(HealthSpec spec) => Scorer.Score(DefaultModel.Version1, spec.Facts, spec.Now);
}
