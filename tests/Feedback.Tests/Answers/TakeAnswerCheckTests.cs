using CsPlatform.Feedback.Answers;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Answers;

public sealed class TakeAnswerCheckTests
{
    [Fact]
    public void Well_formed_answers_have_no_errors()
    {
        Assert.Empty(FaultsOf(Nps9));
        Assert.Empty(FaultsOf(Nps9 with { Comment = "好用 👍\n第二行" }));
        Assert.Empty(FaultsOf(Nps9 with { Metric = Metric.Ces, Score = 5, Scale = new Scale(1, 5, false) }));
    }

    [Theory]
    [InlineData(Metric.Nps, -1)]
    [InlineData(Metric.Nps, 11)]
    [InlineData(Metric.Csat, 0)]
    [InlineData(Metric.Csat, 6)]
    [InlineData(Metric.Ces, 0)]
    [InlineData(Metric.Ces, 8)]
    public void Score_outside_its_scale_is_named(object metric, int score) =>
        Assert.Equal(["score"], FaultsOf(Nps9 with { Metric = (Metric)metric, Score = score }));

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
            FaultsOf(Nps9 with
            {
                Metric = (Metric)metric,
                Score = 5,
                Scale = new Scale(min, max, higherIsBetter),
            }));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("ann@example.com")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void Contact_must_be_an_opaque_id(string contactId) =>
        Assert.Equal(["contactId"], FaultsOf(Nps9 with { ContactId = contactId }));

    [Fact]
    public void Lengths_are_limited()
    {
        Assert.Empty(FaultsOf(Nps9 with { Comment = new string('x', 4_000) }));
        Assert.Empty(FaultsOf(Nps9 with { ContactId = new string('x', 200) }));
        Assert.Equal(["comment"], FaultsOf(Nps9 with { Comment = new string('x', 4_001) }));
        Assert.Equal(["contactId"], FaultsOf(Nps9 with { ContactId = new string('x', 201) }));
        Assert.Equal(
            ["anchors.highest"], FaultsOf(Nps9 with { Anchors = new ScaleAnchors("low", new string('x', 201)) }));
    }

    [Fact]
    public void Empty_ids_and_times_before_surveys_are_named() =>
        Assert.Equal(
            ["answerId", "accountId", "answeredAt"],
            FaultsOf(Nps9 with
            {
                AnswerId = Guid.Empty,
                AccountId = Guid.Empty,
                AnsweredAt = DateTimeOffset.MinValue,
            }));

    private static IEnumerable<string> FaultsOf(TakeAnswer command)
    {
        var check = new FieldCheck();
        command.Checked(check);
        return check.Errors.Keys;
    }
}
