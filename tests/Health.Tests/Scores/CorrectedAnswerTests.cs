using CsPlatform.Health.Alerts;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Tests.Scores;

/// <summary>Answers that were withdrawn, or found to be another account's: our view changed, not the customer.</summary>
public sealed class CorrectedAnswerTests
{
    [Fact]
    public void A_withdrawn_answer_has_its_own_row()
    {
        var spec = Voiced().UseDaily(20).Answer(10).Answer(0, contact: "test").Assess();
        var before = Last(spec).Score;

        var scored = Last(spec.Pass(0.1).Lose("test").Assess());

        Assert.True(scored.Score > before + 15);
        Assert.Equal(
            (ChangeCause.AnswersCorrected, null, scored.Score - before),
            scored.Changes.Select(c => (c.Cause, c.Measure, c.Points)).Single());
    }

    [Fact]
    public void An_answer_that_was_moved_here_has_its_own_row_and_is_no_late_data()
    {
        var spec = Voiced().UseDaily(20).Answer(10).Assess();

        var scored = Last(spec.Pass(0.1).MoveHere(0, daysAgo: 40, contact: "c2").Assess());

        Assert.Equal(ChangeCause.AnswersCorrected, scored.Changes.Single().Cause);
        Assert.False(scored.LateData);
    }

    [Fact]
    public void Behaviour_late_data_and_a_correction_each_have_their_rows()
    {
        var spec = Voiced().UseDaily(20).AssessDaily(20).Answer(0, contact: "test").Assess();
        var before = Last(spec).Score;
        var today = DateOnly.FromDateTime(spec.Now.UtcDateTime);

        spec.Pass(10);
        for (var day = 4; day <= 18; day++)
            spec.Use(today.AddDays(-day));
        var scored = Last(spec.Lose("test").Answer(9, contact: "c3").Assess());

        Assert.True(scored.Changes.Select(c => c.Cause).ToHashSet()
            .IsSupersetOf([ChangeCause.Behaviour, ChangeCause.LateData, ChangeCause.AnswersCorrected]));
        Assert.Equal(scored.Score - before, scored.Changes.Sum(c => c.Points));
    }

    [Fact]
    public void An_alert_that_stood_on_a_withdrawn_answer_is_taken_back()
    {
        var spec = Voiced().UseDaily(20).Answer(0, contact: "test").Assess();
        Assert.IsType<AlertRaised>(spec.AlertEvents[^1]);

        spec.Pass(1).Lose("test").Assess();

        var taken = Assert.IsType<AlertRetracted>(spec.AlertEvents[^1]);
        Assert.Equal("A survey answer of 2026-01-25 was withdrawn on 2026-01-26.", taken.Fact);
    }

    [Fact]
    public void Praise_that_was_withdrawn_wakes_nobody()
    {
        var spec = Voiced().Answer(10, contact: "test").Answer(6).UseDaily(20);
        Assert.Empty(spec.AlertEvents);

        spec.Lose("test").AssessDaily(3);

        Assert.IsType<AlertSeeded>(Assert.Single(spec.AlertEvents));
    }

    [Fact]
    public void An_earlier_look_sees_what_counted_then()
    {
        var spec = new HealthSpec().Answer(3);
        var given = spec.Now;
        spec.Pass(1).Lose().MoveHere(7, daysAgo: 5, contact: "c2").Pass(1).Lose("c2", withdrawn: false).Answer(9);

        Assert.Equal([3, 9], Counted(given));
        Assert.Equal([7, 9], Counted(given.AddDays(1.5)));
        Assert.Equal([9], Counted(spec.Now));

        IEnumerable<int> Counted(DateTimeOffset at) =>
            spec.Facts.WithoutCorrections(at).Answers.Select(a => a.Score).Order();
    }

    /// <summary>Answers weigh more than all the rest.</summary>
    private static HealthSpec Voiced() => new HealthSpec().Publish(m => m with
    {
        Measures = [.. m.Measures.Select(x => x.Source == MeasureSource.SurveyAnswers ? x with { Weight = 200 } : x)],
    });

    private static HealthScored Last(HealthSpec spec) => spec.HealthEvents.OfType<HealthScored>().Last();
}
