namespace CsPlatform.Health.Alerts;

/// <summary>
/// A false alarm, or known and accepted. It stays shut for the cool-down, even if the condition holds on.
/// </summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record DismissAlert(string Reason)
{
    /// <exception cref="RefusedException">"alert-closed".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, DateTimeOffset now) =>
        alert is { Status: AlertStatus.Dismissed } && alert.Outcome == Reason
            ? []
            : [new AlertDismissed(alert.MustBeOpen().Next, Reason, now)];

    public DismissAlert Checked(FieldCheck check) => new(check.Required(Reason, "reason", Alert.MaxReasonLength));
}

internal static class DismissAlertEndpoint
{
    public static void MapDismissAlert(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/alerts/{id:guid}/dismiss", (
            Guid id, DismissAlert body, Commands commands, CancellationToken ct) =>
            commands.Change<Alert, AlertView>(id, FieldCheck.Of(body.Checked).Decide, AlertView.Of, ct))
        .WithName(nameof(DismissAlert)).WithSummary("Close an alert by hand")
        .AsChange(Permissions.WriteAlerts);
}
