using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Tests.Scores;

public sealed class AssessmentTests
{
    [Fact]
    public void A_score_is_kept_when_it_moves_by_the_step_and_not_every_day()
    {
        var spec = new HealthSpec().UseDaily(60);
        var before = spec.HealthEvents.Count;

        spec.UseDaily(20);

        Assert.Equal(before, spec.HealthEvents.Count);
        spec.AssessDaily(20);
        var kept = spec.HealthEvents.Skip(before).OfType<HealthScored>().ToList();
        Assert.InRange(kept.Count, 3, 19);
        Assert.All(kept, s => Assert.True(Math.Abs(s.Score - s.Previous!.Value) >= 3 || s.Band != s.PreviousBand));
    }

    [Fact]
    public void The_ledger_names_behaviour_by_measure()
    {
        var spec = new HealthSpec().UseDaily(60).AssessDaily(14);

        var scored = Last(spec);
        Assert.Equal(scored.Score - scored.Previous, scored.Changes.Sum(c => c.Points));
        Assert.All(scored.Changes, c => Assert.Equal(ChangeCause.Behaviour, c.Cause));
        Assert.Contains(
            spec.HealthEvents.OfType<HealthScored>(),
            s => s.Changes.Any(c => c is { Measure: "rhythm", Points: < -3 }));
    }

    [Fact]
    public void What_arrived_late_has_its_own_row()
    {
        var spec = new HealthSpec().UseDaily(60).AssessDaily(20);
        var today = DateOnly.FromDateTime(spec.Now.UtcDateTime);

        for (var day = 4; day <= 18; day++)
            spec.Use(today.AddDays(-day));
        var scored = Last(spec.Assess());

        Assert.True(scored.LateData);
        Assert.True(scored.Changes.Single(c => c.Cause == ChangeCause.LateData).Points > 10);
        Assert.Equal(scored.Score - scored.Previous, scored.Changes.Sum(c => c.Points));
    }

    [Fact]
    public void A_new_model_has_its_own_row()
    {
        var spec = new HealthSpec().UseDaily(60).AssessDaily(10);

        var scored = Last(
            spec.Publish(m => m with { Measures = [.. m.Measures.Where(x => x.Id != "rhythm")] }).Assess());

        Assert.True(scored.ModelChanged);
        Assert.Equal(2, scored.ModelVersion);
        Assert.True(scored.Changes.Single(c => c.Cause == ChangeCause.ModelChanged).Points > 0);
        Assert.Equal(scored.Score - scored.Previous, scored.Changes.Sum(c => c.Points));
    }

    [Fact]
    public void A_measure_that_went_stale_has_its_own_row()
    {
        var spec = new HealthSpec().UseDaily(10).Answer(0).Assess();

        spec.UseDaily(181);

        Assert.Contains(
            spec.HealthEvents.OfType<HealthScored>(), s => s.Changes.Any(c => c.Cause == ChangeCause.WentStale));
        Assert.All(
            spec.HealthEvents.OfType<HealthScored>().Skip(1),
            s => Assert.Equal(s.Score - s.Previous, s.Changes.Sum(c => c.Points)));
    }

    [Fact]
    public void Too_little_known_has_no_band()
    {
        var spec = new HealthSpec().Answer(1).Assess();

        Assert.Null(Last(spec).Band);
        Assert.Empty(spec.AlertEvents);
    }

    [Fact]
    public void A_churned_account_is_scored_no_more_until_it_comes_back()
    {
        var spec = new HealthSpec().UseDaily(30).With(stage: "churned").AssessDaily(60);

        Assert.IsType<HealthFrozen>(spec.HealthEvents[^1]);
        spec.With(stage: "adoption").Use().Assess();
        Assert.Contains(spec.HealthEvents, e => e is HealthResumed);
        Assert.IsType<HealthScored>(spec.HealthEvents[^1]);
    }

    [Fact]
    public void Trend_compares_only_under_the_same_model()
    {
        var spec = new HealthSpec().UseDaily(60).AssessDaily(10);
        Assert.True(Trend() < 0);

        spec.Publish(m => m with { StoreStep = 2 });
        Assert.Null(Trend()); // the new version has stored no score yet

        spec.Assess();
        Assert.Null(Trend());

        decimal? Trend() => spec.Health!.TrendOver(
            7, Scorer.Score(spec.Models.Current, spec.Facts, spec.Now), spec.Now);
    }

    private static HealthScored Last(HealthSpec spec) => spec.HealthEvents.OfType<HealthScored>().Last();
}
