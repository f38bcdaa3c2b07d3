using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Figures;

public sealed class VoiceFiguresTests
{
    [Fact]
    public void Nobody_answered_gives_no_value_and_no_time()
    {
        var none = new VoiceFigure(null, 0, true, null);
        Assert.Equal(new(AccountId, none, none, none), VoiceFigures.Of(AccountId, []));
    }

    [Fact]
    public void Each_question_has_its_number_its_persons_and_its_newest_answer()
    {
        var voice = VoiceFigures.Of(AccountId,
        [
            .. Enumerable.Range(1, 9).Select(i => Row($"contact-{i}", Metric.Nps, 10, daysAgo: i)),
            Row("contact-10", Metric.Nps, 0, daysAgo: 90),
            Row("ann", Metric.Csat, 4, daysAgo: 3), Row("bob", Metric.Csat, 3, daysAgo: 2),
            Row("ann", Metric.Ces, 7, daysAgo: 5), Row("bob", Metric.Ces, 6, daysAgo: 4),
        ]);

        Assert.Equal(new(80m, 10, false, Now.AddDays(-1)), voice.Nps);
        Assert.Equal(new(50m, 2, true, Now.AddDays(-2)), voice.Csat);
        Assert.Equal(new(6.5m, 2, true, Now.AddDays(-4)), voice.Ces);
    }

    [Fact]
    public void Last_answer_of_a_person_takes_the_place_of_those_before() =>
        Assert.Equal(
            new(-100m, 1, true, Now),
            VoiceFigures.Of(AccountId, [Row("ann", Metric.Nps, 2), Row("ann", Metric.Nps, 10, daysAgo: 9)]).Nps);

    [Fact]
    public void Answers_on_another_scale_do_not_count()
    {
        var reversed = new Scale(1, 7, HigherIsBetter: false);
        Assert.Equal(
            new(5m, 1, true, Now.AddDays(-9)),
            VoiceFigures.Of(
                AccountId,
                [Row("ann", Metric.Ces, 5, daysAgo: 9), Row("bob", Metric.Ces, 1, scale: reversed)]).Ces);
    }
}
