namespace CsPlatform.Health.Assessing;

/// <summary>What a sweep did.</summary>
/// <param name="Scored">Accounts scored.</param>
/// <param name="Changed">Scores that moved enough to be stored.</param>
/// <param name="Raised">Alerts raised or reopened.</param>
/// <param name="Cleared">Alerts cleared or retracted.</param>
internal sealed record SweepReport(int Scored, int Changed, int Raised, int Cleared)
{
    public static SweepReport Of(AssessmentCounts counts) =>
        new(counts.Scored, counts.Changed, counts.Raised, counts.Cleared);
}

internal static class RunSweepEndpoint
{
    public static void MapSweeps(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sweeps", Handle)
            .WithName("RunHealthSweep").WithSummary("Score every account now").WithTags("Sweeps")
            .Require(Permissions.Operate);

    private static async Task<Ok<SweepReport>> Handle(HealthSweep sweep, CancellationToken ct) =>
        TypedResults.Ok(SweepReport.Of(await sweep.Run(ct)));
}
