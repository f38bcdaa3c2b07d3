using System.Text.Json.Serialization;
using CsPlatform.Health.Facts;

namespace CsPlatform.Health.Alerts;

/// <summary>A fact of one alert's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IAlertEvent;

/// <summary>First event: the condition holds, subscribers are told.</summary>
/// <param name="Today">The account's use on the day of the decision as then known; the day went on after it.</param>
[Stored("alert_raised.v1")]
internal sealed record AlertRaised(AlertState Alert, UsageDayFact? Today, DateTimeOffset At) : IAlertEvent;

/// <summary>
/// First event: the condition holds, but only because our own view changed. Nobody is told unless it gets worse.
/// </summary>
/// <param name="Reason">model-changed, backfill or late-data.</param>
[Stored("alert_seeded.v1")]
internal sealed record AlertSeeded(
    AlertState Alert, UsageDayFact? Today, string Reason, DateTimeOffset At) : IAlertEvent;

/// <summary>A seeded alert got worse, and subscribers are told after all.</summary>
[Stored("alert_surfaced.v1")]
internal sealed record AlertSurfaced(AlertState Alert, DateTimeOffset At) : IAlertEvent;

/// <summary>More of the same.</summary>
[Stored("alert_updated.v1")]
internal sealed record AlertUpdated(AlertState Alert, DateTimeOffset At) : IAlertEvent;

/// <summary>The severity rose.</summary>
[Stored("alert_escalated.v1")]
internal sealed record AlertEscalated(AlertState Alert, DateTimeOffset At) : IAlertEvent;

/// <summary>
/// It looks worse only because our own view changed: severity and score are as they are now, and nobody is told.
/// </summary>
[Stored("alert_regraded.v1")]
internal sealed record AlertRegraded(AlertState Alert, DateTimeOffset At) : IAlertEvent;

/// <param name="By">Who, in events of old; today the event's metadata says it.</param>
[Stored("alert_acknowledged.v1")]
internal sealed record AlertAcknowledged(
    AlertState Alert, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null) : IAlertEvent;

/// <summary>Nothing more is said until then, unless the alert closes.</summary>
/// <param name="By">As in <see cref="AlertAcknowledged"/>.</param>
[Stored("alert_snoozed.v1")]
internal sealed record AlertSnoozed(
    AlertState Alert, DateTimeOffset Until, string Reason, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null) : IAlertEvent;

/// <summary>The snooze ended by itself; the alert is open as before it.</summary>
[Stored("alert_snooze_ended.v1")]
internal sealed record AlertSnoozeEnded(AlertState Alert, DateTimeOffset At) : IAlertEvent;

/// <summary>An evaluation found the score recovered; several in a row clear the alert.</summary>
[Stored("alert_recovery_seen.v1")]
internal sealed record AlertRecoverySeen(DateTimeOffset At) : IAlertEvent;

/// <summary>The recovery did not last.</summary>
[Stored("alert_recovery_lost.v1")]
internal sealed record AlertRecoveryLost(DateTimeOffset At) : IAlertEvent;

/// <param name="Reason">recovered or churned.</param>
[Stored("alert_cleared.v1")]
internal sealed record AlertCleared(AlertState Alert, string Reason, DateTimeOffset At) : IAlertEvent;

/// <summary>
/// The condition came back inside the cool-down: the same alert goes on; silently, where only our own view brought it
/// back.
/// </summary>
[Stored("alert_reopened.v1")]
internal sealed record AlertReopened(AlertState Alert, UsageDayFact? Today, DateTimeOffset At) : IAlertEvent;

/// <param name="By">As in <see cref="AlertAcknowledged"/>.</param>
[Stored("alert_dismissed.v1")]
internal sealed record AlertDismissed(
    AlertState Alert, string Reason, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null) : IAlertEvent;

/// <summary>Facts learned since show that the condition never held.</summary>
/// <param name="Fact">The fact, in plain English.</param>
[Stored("alert_retracted.v1")]
internal sealed record AlertRetracted(AlertState Alert, string Fact, DateTimeOffset At) : IAlertEvent;

/// <summary>
/// An alert as a decision left it: what subscribers get, frozen then. Not the published contract, which may change on
/// its own.
/// </summary>
/// <param name="Revision">Grows by one with each change that subscribers may hear of.</param>
/// <param name="Silent">
/// Nobody was told that it is open, as it was seeded or reopened by a change of our own view.
/// </param>
internal sealed record AlertState(
    Guid AlertId, Guid AccountId, AlertCategory Category, Severity Severity, int Revision, bool Silent,
    AlertSnapshot Snapshot)
{
    /// <summary>One open alert for each: what tells subscribers that two messages are about the same.</summary>
    public string DedupKey() => $"{AccountId}|{Category.Name()}";
}

internal enum AlertCategory { LowHealth, UsageDrop }

/// <summary>In rising order.</summary>
internal enum Severity { Low, Medium, High }

internal enum AlertStatus { Raised, Seeded, Updated, Escalated, Acknowledged, Snoozed, Cleared, Reopened, Dismissed, Retracted }
