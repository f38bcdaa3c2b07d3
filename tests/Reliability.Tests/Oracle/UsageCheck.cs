namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>
/// Usage events against the clients' ledger, and what Engagement makes of them against SQL over its rows.
/// </summary>
internal static class UsageCheck
{
    private const string StoredSql = """
        select s.source || ' ' || c.id || '|' || coalesce(
                   e.subject || '|' || to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '|'
                   || coalesce(e.user_id, '') || '|' || trim_scale(e.minutes) || '|' || array_to_string(e.features, ',')
                   || '|' || e.automation, 'parked')
          from engagement.usage_claim c join engagement.usage_source s using (source_id)
          left join engagement.usage_event e using (source_id, id)
        """;

    private const string EachClaimOnceSql = """
        with placed as (
            select source_id, id from engagement.usage_event
            union all
            select s.source_id, p.id from engagement.parked_event p join engagement.usage_source s using (source)
             where p.claimed and p.status = 'parked')
        select coalesce(p.source_id, c.source_id) || ' ' || coalesce(p.id, c.id) || ' is placed ' || count(p.id) || ' times'
          from placed p full join engagement.usage_claim c on c.source_id = p.source_id and c.id = p.id
         group by p.source_id, c.source_id, p.id, c.id having count(p.id) <> 1 or count(c.id) <> 1
        """;

    private const string DaysSql = """
        with fold as (
            select account_id, (occurred_at at time zone 'UTC')::date as day, count(*)::int as events,
                   count(distinct user_id)::int as active_users, sum(minutes) as minutes
              from engagement.usage_event where not automation group by 1, 2)
        select coalesce(f.account_id, d.account_id) || ' ' || coalesce(f.day, d.day) || ': ' || coalesce(d.events::text, 'no')
               || ' events kept, ' || coalesce(f.events::text, 'no') || ' stored'
          from fold f full join engagement.account_day d on d.account_id = f.account_id and d.day = f.day
         where (f.events, f.active_users, f.minutes) is distinct from (d.events, d.active_users, d.minutes)
        """;

    private const string UsersSql = """
        with fold as (
            select distinct account_id, (occurred_at at time zone 'UTC')::date as day, user_id
              from engagement.usage_event where not automation and user_id is not null),
        kept as (select account_id, day, user_id from engagement.account_day_user)
        select x::text from ((table fold except table kept) union all (table kept except table fold)) x
        """;

    private const string FeaturesSql = """
        with fold as (
            select distinct account_id, (occurred_at at time zone 'UTC')::date as day, unnest(features) as feature
              from engagement.usage_event where not automation),
        kept as (select account_id, day, feature from engagement.account_day_feature)
        select x::text from ((table fold except table kept) union all (table kept except table fold)) x
        """;

    private const string FirstUseSql = """
        with fold as (
            select account_id, min((occurred_at at time zone 'UTC')::date) as day
              from engagement.usage_event where not automation group by 1),
        told as (
            select distinct on (stream_id) stream_id as account_id,
                   ((data ->> 'occurredAt')::timestamptz at time zone 'UTC')::date as day
              from engagement.mt_events order by stream_id, version desc)
        select f.account_id || ' was first used on ' || f.day
          from fold f left join engagement.account_first_use k using (account_id) left join told t using (account_id)
         where f.day is distinct from (k.first_used_at at time zone 'UTC')::date or f.day is distinct from t.day
        """;

    public static async Task RunAsync(ReliabilitySystem system, Findings findings)
    {
        await LedgerAsync(system, findings);
        await findings.NoneAsync(Promise.Once, "an event stands twice", "engagement",
            "select source_id || ' ' || id from engagement.usage_event group by source_id, id having count(*) > 1");
        await findings.NoneAsync(
            Promise.NothingDropped, "claimed is not stored + parked", "engagement", EachClaimOnceSql);
        await findings.NoneAsync(Promise.Folded, "days are not the fold of the events", "engagement", DaysSql);
        await findings.NoneAsync(Promise.Folded, "users of days are not those of the events", "engagement", UsersSql);
        await findings.NoneAsync(
            Promise.Folded, "features of days are not those of the events", "engagement", FeaturesSql);
        await findings.NoneAsync(Promise.Folded, "first use is not that of the events", "engagement", FirstUseSql);
        await findings.NoneAsync(Promise.NothingDropped, "an event waits for an account that is known", "engagement", """
            select p.id from engagement.parked_event p join engagement.subject_key k on k.subject = p.subject
             where p.status = 'parked' and p.reason = 'unknown-subject'
            """);
        findings.Equal(Promise.NothingDropped, "parked bytes", system.Planted.Parked,
            await findings.RowsAsync("engagement", """
                select reason || ' ' || encode(raw, 'escape') from engagement.parked_event
                 where status = 'parked' and not claimed
                """));
    }

    private static async Task LedgerAsync(ReliabilitySystem system, Findings findings)
    {
        var stored = (await findings.RowsAsync("engagement", StoredSql))
            .Select(row => row.Split('|', 2)).ToLookup(row => row[0], row => row[1]);
        var known = system.Ledger.Entries.Where(e => e.Key.Kind == "usage").ToDictionary(e => e.Key.Id);
        foreach (var entry in known.Values.Where(e => e.Fate == Fate.Acknowledged))
        {
            if (!stored.Contains(entry.Key.Id))
                findings.Add(Promise.Kept, $"{entry.Key.Id} was acknowledged and is not stored");
            foreach (var content in stored[entry.Key.Id].Where(c => c != "parked" && c != entry.Content))
                findings.Add(Promise.Kept, $"{entry.Key.Id} was sent as {entry.Content} and stands as {content}");
        }
        foreach (var id in stored.Select(s => s.Key).Where(id => known.GetValueOrDefault(id) is null or { Fate: Fate.Refused }))
            findings.Add(Promise.Kept, $"{id} is stored and was never taken");
    }
}
