namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>What Health decided to tell the outside, against what a subscriber received.</summary>
internal static class AlertCheck
{
    private const string ToldSql = """
        select id || ' com.csplatform.churnrisk.' || case
                 when type in ('alert_raised.v1', 'alert_reopened.v1', 'alert_surfaced.v1') then 'raised'
                 when type = 'alert_escalated.v1' then 'escalated'
                 when type in ('alert_cleared.v1', 'alert_dismissed.v1') then 'cleared'
                 when type = 'alert_retracted.v1' then 'retracted'
                 else 'updated' end || '.v1'
          from health.mt_events
         where type in ('alert_raised.v1', 'alert_surfaced.v1', 'alert_updated.v1', 'alert_escalated.v1')
            or type in ('alert_reopened.v1', 'alert_acknowledged.v1', 'alert_snoozed.v1', 'alert_snooze_ended.v1', 'alert_cleared.v1',
                        'alert_dismissed.v1', 'alert_retracted.v1')
               and not (data -> 'alert' ->> 'silent')::boolean
        """;

    public static async Task RunAsync(ReliabilitySystem system, Findings findings)
    {
        var received = system.Alerts.Received;
        var firsts = received.DistinctBy(a => a.Id).ToList();
        findings.Equal(Promise.AlertsArrive, "alerts at the subscriber",
            await findings.RowsAsync("health", ToldSql), firsts.Select(a => $"{a.Id} {a.Type}"));
        foreach (var repeats in received.GroupBy(a => a.Id).Where(g => g.Select(a => a.Body).Distinct().Count() > 1))
            findings.Add(Promise.AlertsArrive, $"alert {repeats.Key} came with different contents");
        foreach (var account in firsts.GroupBy(a => a.AccountId))
            if (!account.Select(a => a.Sequence).SequenceEqual(account.Select(a => a.Sequence).Order(StringComparer.Ordinal)))
                findings.Add(Promise.AlertsArrive, $"alerts of account {account.Key} came out of order");
        foreach (var silent in system.Expected.Silent)
            if (!firsts.Any(a => a.AccountId == $"{silent}" && a.Type.EndsWith(".raised.v1", StringComparison.Ordinal)))
                findings.Add(Promise.AlertsArrive, $"account {silent} fell silent and nobody was told");
    }
}
