using CsPlatform.Health.Alerts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using JasperFx.Events.Projections;
using Marten;

namespace CsPlatform.Health;

/// <summary>The events of Health under their stored names, and what is made of them.</summary>
internal static class Store
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<HealthScored>("health_scored.v1");
        options.Events.MapEventType<HealthFrozen>("health_frozen.v1");
        options.Events.MapEventType<HealthResumed>("health_resumed.v1");
        options.Events.MapEventType<ModelPublished>("model_published.v1");
        options.Events.MapEventType<AlertRaised>("alert_raised.v1");
        options.Events.MapEventType<AlertSeeded>("alert_seeded.v1");
        options.Events.MapEventType<AlertSurfaced>("alert_surfaced.v1");
        options.Events.MapEventType<AlertUpdated>("alert_updated.v1");
        options.Events.MapEventType<AlertEscalated>("alert_escalated.v1");
        options.Events.MapEventType<AlertRegraded>("alert_regraded.v1");
        options.Events.MapEventType<AlertAcknowledged>("alert_acknowledged.v1");
        options.Events.MapEventType<AlertSnoozed>("alert_snoozed.v1");
        options.Events.MapEventType<AlertSnoozeEnded>("alert_snooze_ended.v1");
        options.Events.MapEventType<AlertRecoverySeen>("alert_recovery_seen.v1");
        options.Events.MapEventType<AlertRecoveryLost>("alert_recovery_lost.v1");
        options.Events.MapEventType<AlertCleared>("alert_cleared.v1");
        options.Events.MapEventType<AlertReopened>("alert_reopened.v1");
        options.Events.MapEventType<AlertDismissed>("alert_dismissed.v1");
        options.Events.MapEventType<AlertRetracted>("alert_retracted.v1");

        options.Projections.Snapshot<AccountHealth>(SnapshotLifecycle.Inline);
        options.Projections.Snapshot<ModelHistory>(SnapshotLifecycle.Inline);
        options.Projections.Snapshot<Alert>(SnapshotLifecycle.Inline);

        options.Schema.For<AccountHealth>().DocumentAlias("account_health");
        options.Schema.For<ModelHistory>().DocumentAlias("model_history");
        options.Schema.For<Alert>()
            .DocumentAlias("alert")
            .Duplicate(a => a.AccountId)
            .Duplicate(a => a.Category)
            .Duplicate(a => a.Status)
            .Duplicate(a => a.Open)
            // The guard of the promise "one open alert per account and category".
            .Index(a => new { a.AccountId, a.Category }, index =>
            {
                index.Name = "mt_doc_alert_one_open";
                index.IsUnique = true;
                index.Predicate = "open";
            });
    }
}
