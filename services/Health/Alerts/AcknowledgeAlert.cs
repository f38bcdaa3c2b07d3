namespace CsPlatform.Health.Alerts;

/// <summary>
/// Somebody takes the alert on; a snooze ends by it. Twice is not an error: the second gives no event.
/// </summary>
internal sealed record AcknowledgeAlert
{
    /// <exception cref="RefusedException">"alert-closed".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, DateTimeOffset now) =>
        alert.MustBeOpen().Status == AlertStatus.Acknowledged ? [] : [new AlertAcknowledged(alert.Next, now)];
}

internal static class AcknowledgeAlertEndpoint
{
    public static void MapAcknowledgeAlert(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/alerts/{id:guid}/acknowledge", (Guid id, Commands commands, CancellationToken ct) =>
            commands.Change<Alert, AlertView>(id, new AcknowledgeAlert().Decide, AlertView.Of, ct))
        .WithName(nameof(AcknowledgeAlert)).WithSummary("Take an alert on")
        .AsChange(Permissions.WriteAlerts);
}
