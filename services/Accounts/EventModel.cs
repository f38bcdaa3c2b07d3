using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using CsPlatform.Accounts.Timeline;
using JasperFx.Events.Projections;
using NpgsqlTypes;

namespace CsPlatform.Accounts;

/// <summary>What is made of the events of Accounts.</summary>
internal static class EventModel
{
    public static void Configure(StoreOptions options)
    {
        options.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
        options.Projections.Add<AccountTableProjection>(ProjectionLifecycle.Async);
        options.Projections.Add<AccountTimelineProjection>(ProjectionLifecycle.Async);

        options.Schema.For<Account>().DocumentAlias("account");
        options.Schema.For<LinkedKey>().DocumentAlias("linked_key");
        options.Schema.For<AccountRow>().DocumentAlias("account_row")
            .Duplicate(r => r.SortName, notNull: true)
            .Duplicate(r => r.CsmId!)
            .Duplicate(r => r.Stage!);
        options.Schema.For<TimelineEntry>().DocumentAlias("timeline_entry")
            .Duplicate(e => e.AccountId, notNull: true)
            .Duplicate(e => e.OccurredAt, dbType: NpgsqlDbType.TimestampTz, notNull: true)
            .Duplicate(e => e.Version, dbType: NpgsqlDbType.Bigint, notNull: true);
    }
}
