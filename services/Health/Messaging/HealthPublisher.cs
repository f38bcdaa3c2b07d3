using CsPlatform.Contracts.Health.V1;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Scores;
using JasperFx.Events;

namespace CsPlatform.Health.Messaging;

/// <summary>The whole public face of Health: messages to the other services, CloudEvents to subscribers.</summary>
internal static class HealthPublisher
{
    public static IEnumerable<object> Translate(IEvent e) => e.Data switch
    {
        HealthScored s when s.Band != s.PreviousBand => [BandChanged(s)],
        AlertRaised a => [Raised(a.Alert, a.At), AlertCloudEvent.Of(e, a.Alert, "raised", "raised", a.At)],
        AlertReopened { Alert.Silent: false } a =>
            [Raised(a.Alert, a.At), AlertCloudEvent.Of(e, a.Alert, "raised", "reopened", a.At)],
        AlertSurfaced a => [Raised(a.Alert, a.At), AlertCloudEvent.Of(e, a.Alert, "raised", "raised", a.At)],
        AlertUpdated a => [AlertCloudEvent.Of(e, a.Alert, "updated", "updated", a.At)],
        AlertEscalated a =>
        [
            new ChurnRiskEscalated(
                a.Alert.AlertId, a.Alert.AccountId, a.Alert.Category.Name(), a.Alert.Severity.Name(),
                a.Alert.Revision, a.At),
            AlertCloudEvent.Of(e, a.Alert, "escalated", "escalated", a.At),
        ],
        AlertAcknowledged { Alert.Silent: false } a =>
            [AlertCloudEvent.Of(e, a.Alert, "updated", "acknowledged", a.At, new("acknowledged", $"Acknowledged by {a.By ?? e.UserName}."))],
        AlertSnoozed { Alert.Silent: false } a =>
            [AlertCloudEvent.Of(e, a.Alert, "updated", "snoozed", a.At, new("snoozed", a.Reason, a.Until))],
        AlertSnoozeEnded { Alert.Silent: false } a =>
            [AlertCloudEvent.Of(e, a.Alert, "updated", "updated", a.At, new("snooze-ended", "The snooze has ended; the risk is still there."))],
        AlertCleared { Alert.Silent: false } a =>
        [
            Cleared(a.Alert, a.Reason, a.At),
            AlertCloudEvent.Of(e, a.Alert, "cleared", "cleared", a.At, new(a.Reason, ClearedText(a))),
        ],
        AlertDismissed { Alert.Silent: false } a =>
        [
            Cleared(a.Alert, "dismissed", a.At),
            AlertCloudEvent.Of(e, a.Alert, "cleared", "dismissed", a.At, new("dismissed", a.Reason)),
        ],
        AlertRetracted { Alert.Silent: false } a =>
        [
            new ChurnRiskRetracted(
                a.Alert.AlertId, a.Alert.AccountId, a.Alert.Category.Name(), a.Fact, a.Alert.Revision, a.At),
            AlertCloudEvent.Of(e, a.Alert, "retracted", "retracted", a.At, new("fact-corrected", a.Fact)),
        ],
        _ => [],
    };

    /// <summary>Alerts promise order per account, over its health stream and all its alerts.</summary>
    public static Guid AccountOf(IEvent e) => e.Data switch
    {
        IHealthEvent => e.StreamId,
        AlertRaised a => a.Alert.AccountId,
        AlertSeeded a => a.Alert.AccountId,
        AlertSurfaced a => a.Alert.AccountId,
        AlertUpdated a => a.Alert.AccountId,
        AlertEscalated a => a.Alert.AccountId,
        AlertRegraded a => a.Alert.AccountId,
        AlertAcknowledged a => a.Alert.AccountId,
        AlertSnoozed a => a.Alert.AccountId,
        AlertSnoozeEnded a => a.Alert.AccountId,
        AlertCleared a => a.Alert.AccountId,
        AlertReopened a => a.Alert.AccountId,
        AlertDismissed a => a.Alert.AccountId,
        AlertRetracted a => a.Alert.AccountId,
        _ => e.StreamId,
    };

    private static HealthBandChanged BandChanged(HealthScored s) => new(
        s.AccountId, s.Score, s.Band is { } band ? band.Name() : null,
        s.PreviousBand is { } previous ? previous.Name() : null,
        s.ModelId, s.ModelVersion, s.AsOf);

    private static ChurnRiskRaised Raised(AlertState alert, DateTimeOffset at) => new(
        alert.AlertId, alert.AccountId, alert.Category.Name(), alert.Severity.Name(),
        alert.Snapshot.Reasons is [var worst, ..] ? worst.Text : "The health score is low.", alert.Revision, at);

    private static ChurnRiskCleared Cleared(AlertState alert, string reason, DateTimeOffset at) =>
        new(alert.AlertId, alert.AccountId, alert.Category.Name(), reason, alert.Revision, at);

    private static string ClearedText(AlertCleared a) => a.Reason == "churned"
        ? "The account has churned."
        : FormattableString.Invariant($"Recovered: the health score is {a.Alert.Snapshot.Health.Score}.");
}
