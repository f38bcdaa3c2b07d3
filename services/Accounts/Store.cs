using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Table;
using CsPlatform.Accounts.Timeline;
using JasperFx.Events.Projections;
using Marten;
using NpgsqlTypes;

namespace CsPlatform.Accounts;

/// <summary>The events of Accounts under their stored names, and what is made of them.</summary>
internal static class Store
{
    /// <summary>A key once linked never changes its account.</summary>
    public const string Rights = """revoke update on mt_doc_linked_key from ":runtime";""";

    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<AccountRegistered>("account_registered.v1");
        options.Events.MapEventType<AccountDetailsCorrected>("account_details_corrected.v1");
        options.Events.MapEventType<ExternalKeyLinked>("external_key_linked.v1");
        options.Events.MapEventType<CsmAssigned>("csm_assigned.v1");
        options.Events.MapEventType<StageEntered>("stage_entered.v1");
        options.Events.MapEventType<FirstUseReached>("first_use_reached.v1");
        options.Events.MapEventType<HealthBandEntered>("health_band_entered.v1");
        options.Events.MapEventType<RiskRaised>("risk_raised.v1");
        options.Events.MapEventType<RiskEscalated>("risk_escalated.v1");
        options.Events.MapEventType<RiskCleared>("risk_cleared.v1");
        options.Events.MapEventType<RiskRetracted>("risk_retracted.v1");
        options.Events.MapEventType<SurveyAnswered>("survey_answered.v1");
        options.Events.MapEventType<ContractSigned>("contract_signed.v1");
        options.Events.MapEventType<RenewalOpened>("renewal_opened.v1");

        options.Projections.LiveStreamAggregation<Account>();
        options.Projections.Add<AccountTableProjection>(ProjectionLifecycle.Async);
        options.Projections.Add<AccountTimelineProjection>(ProjectionLifecycle.Async);

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
