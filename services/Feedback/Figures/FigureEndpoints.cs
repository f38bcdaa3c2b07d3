namespace CsPlatform.Feedback.Figures;

internal static class FigureEndpoints
{
    public static void MapFigures(this IEndpointRouteBuilder routes)
    {
        var figures = routes.MapGroup("").WithTags("Figures");
        figures.MapGetAccountFeedback();
        figures.MapGetAccountAnswers();
    }
}
