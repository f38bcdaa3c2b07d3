namespace CsPlatform.Renewals.Pipeline;

internal static class RunSweepEndpoint
{
    public static void MapRunSweep(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sweeps", Handle)
            .WithName("RunSweep")
            .WithSummary("Opens the renewals that are due now, as the scheduled job does")
            .WithTags("Operations")
            .Require(Permissions.Operate);

    private static async Task<Ok<SweepResult>> Handle(RenewalSweep sweep, CancellationToken ct) =>
        TypedResults.Ok(await sweep.Run(ct));
}
