using CsPlatform.Feedback.Answers;
using static CsPlatform.Feedback.Tests.AnswerSpec;

namespace CsPlatform.Feedback.Tests.Answers;

public sealed class CorrectAnswerTests
{
    private static readonly Guid Other = new("0195a000-0000-7000-8000-0000000000bb");
    private static readonly AnswerWithdrawn Withdrawn = new(AccountId, "A test.", Now);
    private static readonly AnswerMoved Moved = new(
        AccountId, Other, "Wrong link.", "contact-1", Metric.Nps, 9, new Scale(0, 10), Now.AddHours(-1), Now);

    [Fact]
    public void Answer_given_by_mistake_is_withdrawn_with_the_reason() =>
        Assert.Equal([Withdrawn], Withdraw(Given(Answered)));

    [Fact]
    public void Withdrawn_again_gives_no_event_whatever_the_reason() =>
        Assert.Empty(new WithdrawAnswer("Another.").Decide(Given(Answered, Withdrawn)!, Now));

    [Fact]
    public void Answer_for_the_wrong_account_is_moved_and_the_event_says_what_was_answered() =>
        Assert.Equal([Moved], Move(Given(Answered), Other));

    [Fact]
    public void Moved_to_where_it_is_gives_no_event()
    {
        Assert.Empty(Move(Given(Answered), AccountId));
        Assert.Empty(Move(Given(Answered, Moved), Other));
        Assert.Empty(Move(Given(Answered, Withdrawn), AccountId));
    }

    [Fact]
    public void Withdrawn_answer_is_not_moved() =>
        Refused("answer-withdrawn", () => Move(Given(Answered, Withdrawn), Other));

    [Fact]
    public void Moved_back_is_where_it_was()
    {
        var back = Assert.IsType<AnswerMoved>(Assert.Single(Move(Given(Answered, Moved), AccountId)));

        Assert.Equal((Other, AccountId), (back.FromAccountId, back.AccountId));
        Assert.Equal(AccountId, Given(Answered, Moved, back)!.AccountId);
    }

    [Fact]
    public void Withdrawn_after_a_move_it_was_the_right_accounts() =>
        Assert.Equal([Withdrawn with { AccountId = Other }], Withdraw(Given(Answered, Moved)));

    [Fact]
    public void Answer_tells_what_was_put_right_and_by_whom() =>
        Assert.Equal(
            [
                new(CorrectionKind.Moved, AccountId, "Wrong link.", "ann", Now),
                new AnswerCorrection(CorrectionKind.Withdrawn, null, "A test.", "ann", Now),
            ],
            Given(Answered, Moved, Withdrawn with { AccountId = Other })!.Corrections);

    [Fact]
    public void Repeat_of_an_answer_that_was_corrected_since_gives_no_event()
    {
        Assert.Empty(Given(Answered, Moved).When(Nps9));
        Assert.Empty(Given(Answered, Withdrawn).When(Nps9));
        Refused("id-reused", () => Given(Answered, Moved).When(Nps9 with { AccountId = Other }));
    }

    [Fact]
    public void Masking_erases_the_reasons_too()
    {
        Assert.Equal("***", Withdrawn.WithoutPersonalText().Reason);
        Assert.Equal("***", Moved.WithoutPersonalText().Reason);
    }

    private static IReadOnlyList<IAnswerEvent> Withdraw(Answer? answer) =>
        new WithdrawAnswer("A test.").Decide(answer!, Now);

    private static IReadOnlyList<IAnswerEvent> Move(Answer? answer, Guid to) =>
        new MoveAnswer(to, "Wrong link.").Decide(answer!, Now);
}
