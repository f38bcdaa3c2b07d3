using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;
using JasperFx.Events.Projections;

namespace CsPlatform.Renewals;

/// <summary>What is made of the events of Renewals.</summary>
internal static class EventModel
{
    public static void Configure(StoreOptions options)
    {
        options.Projections.Snapshot<Contract>(SnapshotLifecycle.Inline);
        options.Projections.Snapshot<Renewal>(SnapshotLifecycle.Inline);
        // A duplicated member is a column with an index.
        options.Schema.For<Contract>()
            .Duplicate(c => c.AccountId)
            .Duplicate(c => c.StartsOn)
            .Duplicate(c => c.EndsOn);
        options.Schema.For<Renewal>()
            .Duplicate(r => r.Status)
            .Duplicate(r => r.DueOn);
    }
}
