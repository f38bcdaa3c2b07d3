using CsPlatform.Demo.Alerts;

namespace CsPlatform.Demo.Reporting;

/// <summary>What a downstream service received.</summary>
internal static class AlertsReport
{
    private const int FullShown = 3;

    public static void Write(TextWriter output, AlertLedger ledger)
    {
        var received = ledger.Received;
        Text.Heading(output, "What a subscriber received over AMQP");
        output.WriteLine($"{received.Count:N0} CloudEvents for {received.Select(a => a.Data.Account.Id).Distinct().Count():N0} accounts; "
            + $"{ledger.Duplicates} duplicates, {ledger.OutOfOrder} out of order by accountsequence.");
        foreach (var kind in received.GroupBy(a => a.Type).OrderByDescending(g => g.Count()))
            output.WriteLine($"  {kind.Count(),6:N0}  {kind.Key,-42} {Severities(kind)}");

        foreach (var alert in Examples(received))
            WriteInFull(output, alert);
    }

    private static string Severities(IEnumerable<ReceivedAlert> alerts) => string.Join(", ", alerts
        .GroupBy(a => a.Severity ?? "no severity").OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Key} {g.Count():N0}"));

    /// <summary>The latest raised of each severity.</summary>
    private static IEnumerable<ReceivedAlert> Examples(IReadOnlyList<ReceivedAlert> received) => received
        .Where(a => a.Kind == "raised").GroupBy(a => a.Severity).Select(g => g.Last()).Take(FullShown);

    private static void WriteInFull(TextWriter output, ReceivedAlert alert)
    {
        var data = alert.Data;
        var before = data.Health.Previous is { } p ? $", before {p:0.0}" : "";
        output.WriteLine();
        output.WriteLine($"  {alert.Time:yyyy-MM-dd}  {alert.Severity} {data.DedupKey.Split('|')[^1]}: {data.Account.Name}  "
            + $"(alert {data.AlertId}, revision {data.Revision})");
        output.WriteLine($"    score {data.Health.Score:0.0}{before}, band {data.Health.Band ?? "none"}; rule {data.Rule.Id} ({data.Rule.Kind}): "
            + $"observed {data.Rule.Observed:0.##}, threshold {data.Rule.Threshold:0.##}");
        foreach (var reason in data.Reasons.Take(3))
            output.WriteLine($"    {reason.Points,6:0.0}  {reason.Text}  [{reason.Evidence.Href}]");
        if (data.Exposure is { } stake)
            output.WriteLine(
                $"    at stake: {stake.Amount} {stake.Currency} a year, contract ends {stake.RenewalDate:yyyy-MM-dd}");
        if (data.Recommended is { } next)
            output.WriteLine($"    next step: {next.PlayId}, by {next.DueBy:yyyy-MM-dd}");
    }
}
