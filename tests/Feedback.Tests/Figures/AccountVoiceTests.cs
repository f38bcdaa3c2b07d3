using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Figures;

public sealed class AccountVoiceTests
{
    [Fact]
    public void Nobody_answered_gives_no_value_and_no_time() =>
        Assert.Equal(new(AccountId, null, null, null, null), AccountVoice.Figures(AccountId, []));

    [Fact]
    public void Each_question_has_its_number_over_the_last_answer_of_each_person()
    {
        var voice = AccountVoice.Figures(AccountId,
        [
            .. Enumerable.Range(1, 9).Select(i => Row($"contact-{i}", Metric.Nps, 10, daysAgo: i + 1)),
            Row("contact-10", Metric.Nps, 0, daysAgo: 90), Row("contact-1", Metric.Nps, 0, daysAgo: 91),
            Row("ann", Metric.Csat, 4, daysAgo: 3), Row("bob", Metric.Csat, 3, daysAgo: 2),
            Row("ann", Metric.Ces, 7, daysAgo: 5), Row("bob", Metric.Ces, 6, daysAgo: 4),
        ]);

        Assert.Equal(new(AccountId, 80m, 50m, 6.5m, Now.AddDays(-2)), voice);
    }

    [Fact]
    public void Answers_on_another_scale_do_not_count()
    {
        var reversed = new Scale(1, 7, HigherIsBetter: false);
        Assert.Equal(
            new(AccountId, null, null, 5m, Now.AddDays(-9)),
            AccountVoice.Figures(
                AccountId, [Row("ann", Metric.Ces, 5, daysAgo: 9), Row("bob", Metric.Ces, 1, scale: reversed)]));
    }
}
