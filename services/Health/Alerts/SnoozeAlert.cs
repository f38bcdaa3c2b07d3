namespace CsPlatform.Health.Alerts;

/// <summary>Not now: no updates until then, when the snooze ends by itself. Closing is still told.</summary>
/// <param name="Until">UTC, in the future, at most 90 days ahead.</param>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record SnoozeAlert(DateTimeOffset Until, string Reason)
{
    private const int MaxDays = 90;

    /// <exception cref="RefusedException">"alert-closed", "invalid".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, DateTimeOffset now)
    {
        if (Until <= now || Until > now.AddDays(MaxDays))
            throw RefusedException.Invalid("until", $"lies ahead, by at most {MaxDays} days");

        return alert.MustBeOpen().SnoozedUntil == Until.ToUniversalTime()
            ? []
            : [new AlertSnoozed(alert.Next, Until.ToUniversalTime(), Reason, now)];
    }

    public SnoozeAlert Checked(FieldCheck check) =>
        this with { Reason = check.Required(Reason, "reason", Alert.MaxReasonLength) };
}

internal static class SnoozeAlertEndpoint
{
    /// <summary>Of the due work that ends snoozes.</summary>
    public const string Kind = "end-snooze";

    public static void MapSnoozeAlert(this IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/alerts/{id:guid}/snooze",
            (Guid id, SnoozeAlert body, Commands commands, IDocumentSession session, CancellationToken ct) =>
                commands.Change<Alert, Alert, AlertView>(
                    id, FieldCheck.Of(body.Checked).Decide, AlertView.Of, ct,
                    _ => session.FallsDue(Kind, id, body.Until)))
        .WithName(nameof(SnoozeAlert)).WithSummary("Hear no more of an alert until then")
        .AsChange(Permissions.WriteAlerts);
}
