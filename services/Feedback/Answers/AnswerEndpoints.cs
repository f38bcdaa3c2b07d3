namespace CsPlatform.Feedback.Answers;

internal static class AnswerEndpoints
{
    public static void MapAnswers(this IEndpointRouteBuilder routes)
    {
        var answers = routes.MapGroup("").WithTags("Answers");
        answers.MapTakeAnswer();
        answers.MapGetAnswer();
        answers.MapWithdrawAnswer();
        answers.MapMoveAnswer();
    }
}
