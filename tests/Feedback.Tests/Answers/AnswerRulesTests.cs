using CsPlatform.Feedback.Answers;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Answers;

public sealed class AnswerRulesTests
{
    [Fact]
    public void Well_formed_answers_have_no_errors()
    {
        Assert.Empty(AnswerRules.Check(Nps9));
        Assert.Empty(AnswerRules.Check(Nps9 with { Comment = "好用 👍\n第二行" }));
        Assert.Empty(AnswerRules.Check(Nps9 with { Metric = Metric.Ces, Score = 5, Scale = new Scale(1, 5, false) }));
    }

    [Theory]
    [InlineData(Metric.Nps, -1)]
    [InlineData(Metric.Nps, 11)]
    [InlineData(Metric.Csat, 0)]
    [InlineData(Metric.Csat, 6)]
    [InlineData(Metric.Ces, 0)]
    [InlineData(Metric.Ces, 8)]
    public void Score_outside_its_scale_is_named(object metric, int score) =>
        Assert.Equal(["score"], AnswerRules.Check(Nps9 with { Metric = (Metric)metric, Score = score }).Keys);

    [Theory]
    [InlineData(Metric.Nps, 0, 5, true)]
    [InlineData(Metric.Nps, 0, 10, false)]
    [InlineData(Metric.Csat, 5, 5, true)]
    [InlineData(Metric.Csat, 5, 1, true)]
    [InlineData(Metric.Ces, 0, 101, true)]
    [InlineData(Metric.Ces, int.MinValue, int.MaxValue, true)]
    public void Scale_that_is_none_is_named(object metric, int min, int max, bool higherIsBetter) =>
        Assert.Equal(
            ["scale"],
            AnswerRules.Check(Nps9 with
            {
                Metric = (Metric)metric,
                Score = 5,
                Scale = new Scale(min, max, higherIsBetter),
            }).Keys);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("ann@example.com")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void Contact_must_be_an_opaque_id(string contactId) =>
        Assert.Equal(["contactId"], AnswerRules.Check(Nps9 with { ContactId = contactId }).Keys);

    [Fact]
    public void Lengths_are_limited()
    {
        Assert.Empty(AnswerRules.Check(Nps9 with { Comment = new string('x', 4_000) }));
        Assert.Empty(AnswerRules.Check(Nps9 with { ContactId = new string('x', 200) }));
        Assert.Equal(["comment"], AnswerRules.Check(Nps9 with { Comment = new string('x', 4_001) }).Keys);
        Assert.Equal(["contactId"], AnswerRules.Check(Nps9 with { ContactId = new string('x', 201) }).Keys);
        Assert.Equal(
            ["anchors"], AnswerRules.Check(Nps9 with { Anchors = new ScaleAnchors("low", new string('x', 201)) }).Keys);
    }

    [Fact]
    public void Empty_ids_unknown_metrics_and_times_before_surveys_are_named() =>
        Assert.Equal(
            ["answerId", "accountId", "metric", "answeredAt"],
            AnswerRules.Check(Nps9 with
            {
                AnswerId = Guid.Empty,
                AccountId = Guid.Empty,
                Metric = (Metric)7,
                AnsweredAt = DateTimeOffset.MinValue,
            }).Keys);
}
