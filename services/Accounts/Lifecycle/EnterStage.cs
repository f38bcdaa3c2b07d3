using CsPlatform.Accounts.Life;

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

    public EnterStage Checked(FieldCheck check) =>
        this with { Reason = check.Optional(Reason, "reason", MaxReasonLength) };
}

internal static class EnterStageEndpoint
{
    public static void MapEnterStage(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/accounts/{id:guid}/stages",
            (Guid id, EnterStage body, AccountCommands commands, CancellationToken ct) =>
                commands.Change(id, FieldCheck.Of(body.Checked).Decide, ct))
        .WithName(nameof(EnterStage)).WithSummary("Enter a journey stage or a side state")
        .AsChange(Permissions.WriteAccounts);
}
