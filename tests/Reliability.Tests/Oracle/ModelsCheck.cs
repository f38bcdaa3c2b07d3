namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>
/// What each service keeps, against the events of the service that the fact comes from: what one said, all others know,
/// once each.
/// </summary>
internal static class ModelsCheck
{
    /// <summary>
    /// A fact as its owner stores it, and as another service keeps it. First columns are compared as sets.
    /// </summary>
    private static readonly (string What, string Owner, string Facts, string Keeper, string Kept)[] Pairs =
    [
        ("days of use at Health",
            "engagement", """
                select d.account_id || ' ' || d.day || ' ' || events || ' ' || active_users || ' ' || trim_scale(minutes) || ' '
                       || array_to_string(array(select feature from engagement.account_day_feature f
                            where f.account_id = d.account_id and f.day = d.day order by feature), ',') || ' ' || version
                  from engagement.account_day d
                """,
            "health", """
                select account_id || ' ' || day || ' ' || events || ' ' || active_users || ' ' || trim_scale(minutes) || ' '
                       || array_to_string(features, ',') || ' ' || version from health.usage_day
                """),
        ("registered accounts at Health", "accounts", Registered, "health",
            Directory("health")),
        ("registered accounts at Feedback", "accounts", Registered, "feedback", Directory("feedback")),
        ("registered accounts at Renewals", "accounts", Registered, "renewals", Directory("renewals")),
        ("subjects at Engagement",
            "accounts", """
                select 'account/' || stream_id || ' ' || stream_id from accounts.mt_events where type = 'account_registered.v1'
                union all
                select (data ->> 'system') || '/' || (data ->> 'key') || ' ' || stream_id
                  from accounts.mt_events where type = 'external_key_linked.v1'
                """,
            "engagement", "select subject || ' ' || account_id from engagement.subject_key"),
        ("stages at Health",
            "accounts", """
                select distinct on (stream_id) stream_id || ' ' || lower(data ->> 'stage') from accounts.mt_events
                 where type = 'stage_entered.v1' order by stream_id, version desc
                """,
            "health", "select account_id || ' ' || lower(stage) from health.account_directory where stage is not null"),
        ("answers at Health",
            "feedback", """
                select (data ->> 'answerId') || ' ' || (data ->> 'accountId') || ' ' || (data ->> 'score')
                  from feedback.mt_events where type = 'answer_given.v1'
                """,
            "health", "select answer_id || ' ' || account_id || ' ' || score from health.survey_answer"),
        ("contracts at Health",
            "renewals", """
                select (data ->> 'contractId') || ' ' || (data ->> 'endsOn') || ' ' || exists(select from renewals.mt_events o
                         where o.type = 'contract_came_up_for_renewal.v1' and o.stream_id = e.stream_id)
                  from renewals.mt_events e where type = 'contract_signed.v1'
                """,
            "health", "select contract_id || ' ' || ends_on || ' ' || (renewal_id is not null) from health.contract"),
        ("milestones of Feedback at Accounts",
            "feedback", "select id::text from feedback.mt_events where type = 'answer_given.v1'",
            "accounts", Shown("surveyAnswered")),
        ("milestones of Renewals at Accounts",
            "renewals", "select id::text from renewals.mt_events where type in ('contract_signed.v1', 'renewal_opened.v1')",
            "accounts", Shown("contractSigned", "renewalOpened")),
        ("bands at Accounts",
            "health", """
                select id::text from health.mt_events where type = 'health_scored.v1'
                   and data ->> 'band' is distinct from data ->> 'previousBand'
                """,
            "accounts", Shown("healthBandEntered")),
        ("risks at Accounts",
            "health", """
                select id::text from health.mt_events
                 where type in ('alert_raised.v1', 'alert_surfaced.v1', 'alert_escalated.v1')
                    or type in ('alert_reopened.v1', 'alert_cleared.v1', 'alert_dismissed.v1', 'alert_retracted.v1')
                       and not (data -> 'alert' ->> 'silent')::boolean
                """,
            "accounts", Heard("'risk_raised.v1', 'risk_escalated.v1', 'risk_cleared.v1', 'risk_retracted.v1'")),
        ("first use at Accounts",
            "engagement", """
                select distinct on (stream_id) stream_id || ' ' || (data ->> 'occurredAt')::timestamptz
                  from engagement.mt_events order by stream_id, version desc
                """,
            "accounts", """
                select distinct on (stream_id) stream_id || ' ' || (data ->> 'occurredAt')::timestamptz from accounts.mt_events
                 where type = 'first_use_reached.v1' order by stream_id, (data ->> 'occurredAt')::timestamptz
                """),
        ("the timeline",
            "accounts", "select id || ' ' || stream_id || ' ' || version from accounts.mt_events where type <> 'tombstone'", // Marten's, of a failed append
            "accounts", "select id || ' ' || account_id || ' ' || version from accounts.mt_doc_timeline_entry"),
        ("the customer table",
            "accounts", """
                select stream_id || ' ' || max(version) || ' ' || (array_agg(data -> 'details' ->> 'name' order by version)
                         filter (where type in ('account_registered.v1', 'account_details_corrected.v1')))[1]
                  from accounts.mt_events where type <> 'tombstone' group by stream_id
                """,
            "accounts", "select id || ' ' || (data ->> 'version') || ' ' || (data -> 'details' ->> 'name') from accounts.mt_doc_account_row"),
        ("figures of health at Accounts", // told by the point: the band is exact
            "health", "select account_id || ' ' || band from health.account_fact where scored_at is not null",
            "accounts", "select account_id || ' ' || band from accounts.account_figures where score is not null"),
        ("figures of use at Accounts",
            "engagement", "select account_id || ' ' || max(day) from engagement.account_day group by account_id",
            "accounts", "select account_id || ' ' || last_use_on from accounts.account_figures where last_use_on is not null"),
        ("figures of answers at Accounts",
            "feedback", "select distinct account_id::text from feedback.mt_doc_accountanswer",
            "accounts", "select account_id::text from accounts.account_figures where voice_version > 0"),
        ("figures of contracts at Accounts",
            "renewals", """
                select account_id || ' ' || bool_or(exists(select from renewals.mt_doc_renewal r
                         where r.id = (c.data ->> 'renewalId')::uuid and r.status = 'Open'))
                  from renewals.mt_doc_contract c group by account_id
                """,
            "accounts", "select account_id || ' ' || renewal_open from accounts.account_figures where seats is not null"),
        ("answers of figures",
            "feedback", "select stream_id || ' ' || (data ->> 'score') from feedback.mt_events where type = 'answer_given.v1'",
            "feedback", "select id || ' ' || (data ->> 'score') from feedback.mt_doc_accountanswer"),
        ("contracts",
            "renewals", "select stream_id || ' ' || max(version) from renewals.mt_events where type like 'contract%' group by stream_id",
            "renewals", "select id || ' ' || (data ->> 'version') from renewals.mt_doc_contract"),
        ("renewals, one for a contract",
            "renewals", "select data ->> 'renewalId' from renewals.mt_events where type = 'contract_came_up_for_renewal.v1'",
            "renewals", "select id::text from renewals.mt_doc_renewal"),
        ("scores", // the last one stored
            "health", """
                select distinct on (stream_id) stream_id || ' ' || (data ->> 'score') from health.mt_events
                 where type = 'health_scored.v1' order by stream_id, version desc
                """,
            "health", "select id || ' ' || (data ->> 'score') from health.mt_doc_account_health"),
        ("alerts",
            "health", $"select id || ' ' || version || ' ' || account || ' ' || category || ' ' || open from ({AlertsSql}) a",
            "health", """
                select id || ' ' || (data ->> 'version') || ' ' || (data ->> 'accountId') || ' ' || (data ->> 'category') || ' '
                       || (data ->> 'open') from health.mt_doc_alert
                """),
    ];

    private const string AlertsSql = """
        select stream_id as id, max(version) as version,
               (array_agg(data -> 'alert' ->> 'accountId' order by version))[1] as account,
               (array_agg(data -> 'alert' ->> 'category' order by version))[1] as category,
               (array_agg(type order by version desc) filter (where type not like 'alert_recovery%'))[1]
                   not in ('alert_cleared.v1', 'alert_dismissed.v1', 'alert_retracted.v1') as open
          from health.mt_events where type like 'alert%' group by stream_id
        """;

    private const string Registered = "select stream_id::text from accounts.mt_events where type = 'account_registered.v1'";

    private static string Directory(string service) =>
        $"select account_id::text from {service}.account_directory where registered";

    private static string Heard(string types) =>
        $"select data ->> 'messageId' from accounts.mt_events where type in ({types})";

    private static string Shown(params string[] kinds) => $"""
        select data ->> 'messageId' from accounts.mt_events
        where type = 'milestone_heard.v1' and data ->> 'kind' in ({string.Join(", ", kinds.Select(k => $"'{k}'"))})
        """;

    public static async Task RunAsync(ReliabilitySystem system, Findings findings)
    {
        foreach (var (what, owner, facts, keeper, kept) in Pairs)
            findings.Equal(
                Promise.Folded, what, await findings.RowsAsync(owner, facts), await findings.RowsAsync(keeper, kept));
        await LedgerAsync(system, findings, "account", "accounts", """
            select stream_id || '|' || (data -> 'details' ->> 'name') from accounts.mt_events where type = 'account_registered.v1'
            """);
        await LedgerAsync(system, findings, "answer", "feedback", """
            select stream_id || '|' || (data ->> 'accountId') || ' ' || (data ->> 'score') from feedback.mt_events
             where type = 'answer_given.v1'
            """);
        await LedgerAsync(system, findings, "contract", "renewals", """
            select stream_id || '|' || (data ->> 'accountId') || ' ' || (data ->> 'endsOn') from renewals.mt_events
             where type = 'contract_signed.v1'
            """);
        await findings.NoneAsync(Promise.Once, "two alerts of one kind are open at once", "health", $"""
            select account || ' ' || category from ({AlertsSql}) a where open group by account, category having count(*) > 1
            """);
    }

    private static async Task LedgerAsync(
        ReliabilitySystem system, Findings findings, string kind, string service, string sql)
    {
        var stored = (await findings.RowsAsync(service, sql)).Select(
            r => r.Split('|', 2)).ToDictionary(r => r[0], r => r[1]);
        var known = system.Ledger.Entries.Where(e => e.Key.Kind == kind).ToDictionary(e => e.Key.Id);
        foreach (var id in known.Values.Where(e => e.Fate == Fate.Acknowledged).Select(e => e.Key.Id).Where(id => !stored.ContainsKey(id)))
            findings.Add(Promise.Kept, $"{kind} {id} was acknowledged and is not stored");
        foreach (var (id, content) in stored)
            if (known.GetValueOrDefault(id) is not { Fate: not Fate.Refused } sent)
                findings.Add(Promise.Kept, $"{kind} {id} is stored and was never taken");
            else if (sent.Content != content)
                findings.Add(Promise.Kept, $"{kind} {id} was sent as {sent.Content} and stands as {content}");
    }
}
