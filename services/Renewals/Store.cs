using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Messaging;
using CsPlatform.Renewals.Pipeline;
using JasperFx.Events.Projections;
using Marten;

namespace CsPlatform.Renewals;

/// <summary>Every event, projection and document of Renewals, by its stored name.</summary>
internal static class Store
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<ContractSigned>("contract_signed.v1");
        options.Events.MapEventType<ContractCameUpForRenewal>("contract_came_up_for_renewal.v1");
        options.Events.MapEventType<ContractContinued>("contract_continued.v1");
        options.Events.MapEventType<RenewalOpened>("renewal_opened.v1");
        options.Events.MapEventType<RenewalClosed>("renewal_closed.v1");

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
        options.Schema.For<KnownAccount>();
    }
}
