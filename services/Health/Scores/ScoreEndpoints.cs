namespace CsPlatform.Health.Scores;

internal static class ScoreEndpoints
{
    public static void MapScores(this IEndpointRouteBuilder routes)
    {
        routes.MapGetHealth();
        routes.MapGetHealthHistory();
        routes.MapGetHealthList();
    }
}
