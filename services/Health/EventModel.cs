using CsPlatform.Health.Alerts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using JasperFx.Events.Projections;

namespace CsPlatform.Health;

/// <summary>What is made of the events of Health.</summary>
internal static class EventModel
{
    public static void Configure(StoreOptions options)
    {
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
