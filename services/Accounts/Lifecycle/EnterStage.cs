using CsPlatform.Accounts.Input;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Accounts.Lifecycle;

/// <summary>
/// The account enters a stage, from any other. Escalation and churned stand beside the journey stage, which is kept;
/// entering a journey stage ends them, so it reactivates a churned account. Where the account is already, no event.
/// </summary>
/// <param name="Reason">Why, where a person decided.</param>
internal sealed record EnterStage(Stage Stage, string? Reason = null)
{
    public const int MaxReasonLength = 1000;

    /// <exception cref="RefusedException">"account-churned": a churned account has nothing to escalate.</exception>
    public IReadOnlyList<IAccountEvent> Decide(Account account, DateTimeOffset now) => (Stage, account.SideState) switch
    {
        (Stage.Escalation, Stage.Churned) => throw new RefusedException(
            "account-churned", "The account has churned. Enter a journey stage first, which reactivates it."),
        _ when Stage == account.SideState => [],
        (_, null) when Stage == account.JourneyStage => [],
        _ => [new StageEntered(Stage, Reason, now)],
    };

    /// <exception cref="RefusedException">"invalid", 400.</exception>
    public EnterStage Checked()
    {
        var check = new FieldCheck();
        var reason = check.Optional(Reason, "reason", MaxReasonLength);
        check.ThrowIfAny();
        return this with { Reason = reason };
    }
}

internal static class EnterStageEndpoint
{
    public static void MapEnterStage(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts/{id:guid}/stages", Handle)
        .WithName(nameof(EnterStage)).WithSummary("Enter a journey stage or a side state").WithTags("Accounts")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .AllowEditors();

    private static async Task<NoContent> Handle(
        Guid id, EnterStage body, [FromHeader(Name = "If-Match")] string? ifMatch,
        IDocumentSession session, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var command = body.Checked();
        var stream = await session.WriteAccount(id, ifMatch, ct);
        var version = await session.Save(stream, command.Decide(stream.Aggregate!, clock.GetUtcNow()), ct);
        response.Headers.ETag = ETag.Of(version);
        return TypedResults.NoContent();
    }
}
