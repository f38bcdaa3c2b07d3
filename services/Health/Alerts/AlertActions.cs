using System.Security.Claims;
using System.Text.Json;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CsPlatform.Health.Alerts;

/// <summary>Somebody takes the alert on; a snooze ends by it. Twice is not an error: the second gives no event.</summary>
internal sealed record AcknowledgeAlert
{
    /// <exception cref="RefusedException">"alert-closed".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, string by, DateTimeOffset now) =>
        alert.MustBeOpen().Status == AlertStatus.Acknowledged ? [] : [new AlertAcknowledged(alert.Next, by, now)];
}

/// <summary>Not now: no updates until then, when the snooze ends by itself. Closing is still told.</summary>
/// <param name="Until">UTC, in the future, at most 90 days ahead.</param>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record SnoozeAlert(DateTimeOffset Until, string Reason)
{
    private const int MaxDays = 90;

    /// <exception cref="RefusedException">"alert-closed", "invalid".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, string by, DateTimeOffset now)
    {
        ActionRules.MustGiveReason(Reason);
        if (Until <= now || Until > now.AddDays(MaxDays))
            throw RefusedException.Invalid(new Dictionary<string, string[]> { ["until"] = [$"Must lie ahead, by at most {MaxDays} days."] });

        return alert.MustBeOpen().SnoozedUntil == Until.ToUniversalTime()
            ? []
            : [new AlertSnoozed(alert.Next, Until.ToUniversalTime(), Reason, by, now)];
    }
}

/// <summary>A false alarm, or known and accepted. It stays shut for the cool-down, even if the condition holds on.</summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
internal sealed record DismissAlert(string Reason)
{
    /// <exception cref="RefusedException">"alert-closed", "invalid".</exception>
    public IReadOnlyList<IAlertEvent> Decide(Alert alert, string by, DateTimeOffset now)
    {
        ActionRules.MustGiveReason(Reason);
        return alert is { Status: AlertStatus.Dismissed } && alert.Outcome == Reason
            ? []
            : [new AlertDismissed(alert.MustBeOpen().Next, Reason, by, now)];
    }
}

/// <summary>What any action on an alert must respect.</summary>
internal static class ActionRules
{
    private const int MaxReasonLength = 500;

    /// <exception cref="RefusedException">"invalid": who puts an alert off or away says why.</exception>
    public static void MustGiveReason(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength)
            throw RefusedException.Invalid(new Dictionary<string, string[]> { ["reason"] = [$"1 to {MaxReasonLength} characters."] });
    }

    /// <exception cref="RefusedException">"alert-closed".</exception>
    public static Alert MustBeOpen(this Alert alert) => alert.Open
        ? alert
        : throw new RefusedException("alert-closed", $"The alert is closed: {JsonNamingPolicy.CamelCase.ConvertName($"{alert.Status}")}.");
}

internal static class AlertActionEndpoints
{
    public static void MapAlertActions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/alerts/{id:guid}/acknowledge", Acknowledge)
            .WithName(nameof(AcknowledgeAlert)).WithSummary("Take an alert on").AsAction();
        routes.MapPost("/v1/alerts/{id:guid}/snooze", Snooze)
            .WithName(nameof(SnoozeAlert)).WithSummary("Hear no more of an alert until then").AsAction();
        routes.MapPost("/v1/alerts/{id:guid}/dismiss", Dismiss)
            .WithName(nameof(DismissAlert)).WithSummary("Close an alert by hand").AsAction();
    }

    private static void AsAction(this RouteHandlerBuilder route) =>
        route.WithTags("Alerts").ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).AllowEditors();

    private static Task<Results<NoContent, NotFound>> Acknowledge(
        Guid id, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal user, HttpResponse response,
        IDocumentSession session, TimeProvider clock, CancellationToken ct) =>
        Act(id, ifMatch, user, response, session, clock, new AcknowledgeAlert().Decide, ct);

    private static Task<Results<NoContent, NotFound>> Snooze(
        Guid id, SnoozeAlert command, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal user, HttpResponse response,
        IDocumentSession session, TimeProvider clock, CancellationToken ct) =>
        Act(id, ifMatch, user, response, session, clock, command.Decide, ct);

    private static Task<Results<NoContent, NotFound>> Dismiss(
        Guid id, DismissAlert command, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal user, HttpResponse response,
        IDocumentSession session, TimeProvider clock, CancellationToken ct) =>
        Act(id, ifMatch, user, response, session, clock, command.Decide, ct);

    private static async Task<Results<NoContent, NotFound>> Act(
        Guid id, string? ifMatch, ClaimsPrincipal user, HttpResponse response, IDocumentSession session, TimeProvider clock,
        Func<Alert, string, DateTimeOffset, IReadOnlyList<IAlertEvent>> decide, CancellationToken ct)
    {
        var stream = ETag.Version(ifMatch) is { } version
            ? await session.Events.FetchForWriting<Alert>(id, version, ct)
            : await session.Events.FetchForWriting<Alert>(id, ct);
        if (stream.Aggregate is not { } alert)
            return TypedResults.NotFound();

        var events = decide(alert, user.FindFirstValue("sub") ?? "unknown", clock.GetUtcNow());
        stream.AppendMany(events);
        await session.SaveChangesAsync(ct);
        response.Headers.ETag = ETag.Of((stream.StartingVersion ?? 0) + events.Count);
        return TypedResults.NoContent();
    }
}
