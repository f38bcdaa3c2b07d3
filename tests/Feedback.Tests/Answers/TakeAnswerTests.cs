using CsPlatform.Feedback.Answers;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Answers;

public sealed class TakeAnswerTests
{
    [Fact]
    public void Answer_is_stored_with_the_scale_of_its_metric() =>
        Assert.Equal(
            new AnswerGiven(
                AnswerId, AccountId, "contact-1", Metric.Nps, 9, new Scale(0, 10), null, "Works for us.",
                Now.AddHours(-1)),
            Answered);

    [Fact]
    public void Answer_on_a_reversed_scale_keeps_scale_and_anchors()
    {
        var reversed = new Scale(1, 5, HigherIsBetter: false);
        var anchors = new ScaleAnchors("very low effort", "very high effort");

        var given = Assert.IsType<AnswerGiven>(Assert.Single(
            Given().When(Nps9 with { Metric = Metric.Ces, Score = 2, Scale = reversed, Anchors = anchors })));

        Assert.Equal((reversed, anchors), (given.Scale, given.Anchors));
    }

    [Fact]
    public void Repeat_gives_no_event() => Assert.Empty(Given(Answered).When(Nps9));

    [Fact]
    public void Repeat_that_leaves_the_time_or_the_scale_to_us_gives_no_event()
    {
        Assert.Empty(Given(Answered).When(Nps9 with { AnsweredAt = null }));
        Assert.Empty(Given(Answered).When(Nps9 with { Scale = new Scale(0, 10) }));
    }

    [Fact]
    public void Same_time_in_another_zone_is_a_repeat() =>
        Assert.Empty(Given(Answered).When(Nps9 with { AnsweredAt = Now.AddHours(-1).ToOffset(TimeSpan.FromHours(8)) }));

    public static TheoryData<string> Differences =>
        ["account", "contact", "metric", "score", "anchors", "comment", "none", "time"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Same_id_with_other_content_is_refused(string member)
    {
        var other = member switch
        {
            "account" => Nps9 with { AccountId = AnswerId },
            "contact" => Nps9 with { ContactId = "contact-2" },
            "metric" => Nps9 with { Metric = Metric.Csat },
            "score" => Nps9 with { Score = 8 },
            "anchors" => Nps9 with { Anchors = new ScaleAnchors("no", "yes") },
            "comment" => Nps9 with { Comment = "works for us." },
            "none" => Nps9 with { Comment = null },
            _ => Nps9 with { AnsweredAt = Now },
        };
        Refused("id-reused", () => Given(Answered).When(other));
    }

    [Fact]
    public void Repeat_of_an_answer_whose_comment_was_erased_gives_no_event() =>
        Assert.Empty(Given(Answered.WithoutPersonalText()).When(Nps9));

    [Fact]
    public void Masking_leaves_an_answer_without_comment_as_it_is()
    {
        var silent = Answered with { Comment = null };
        Assert.Equal(silent, silent.WithoutPersonalText());
        Assert.Equal("***", Answered.WithoutPersonalText().Comment);
    }

    [Fact]
    public void Answer_from_the_future_is_refused_beyond_five_minutes()
    {
        Assert.Single(Given().When(Nps9 with { AnsweredAt = Now.AddMinutes(5) }));
        Refused("answered-in-future", () => Given().When(Nps9 with { AnsweredAt = Now.AddMinutes(5).AddSeconds(1) }));
    }

    [Fact]
    public void Answer_of_years_ago_lands_in_its_own_time() =>
        Assert.Equal(
            Now.AddYears(-8),
            OccurredAt(Given().When(Nps9 with { AnsweredAt = Now.AddYears(-8) })));

    [Fact]
    public void Time_is_cut_to_what_the_database_keeps() =>
        Assert.Equal(
            Now.AddMicroseconds(-1),
            OccurredAt(Given().When(Nps9 with { AnsweredAt = Now.AddTicks(-1) })));

    private static DateTimeOffset OccurredAt(IReadOnlyList<IAnswerEvent> events) =>
        Assert.IsType<AnswerGiven>(Assert.Single(events)).OccurredAt;
}
