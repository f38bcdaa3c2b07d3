using CsPlatform.Demo.Running;

namespace CsPlatform.Demo.Reporting;

/// <summary>The accounts most at risk, why, and on which facts.</summary>
internal static class AtRiskReport
{
    private const int WithEvidence = 3, ReasonsShown = 3, EvidenceDays = 5;

    public static async Task WriteAsync(
        TextWriter output, HealthReader health, IReadOnlyList<ScoredAccount> worst, IReadOnlyDictionary<Guid, string> keys,
        DateOnly asOf, CancellationToken cancellationToken)
    {
        Text.Heading(output, $"Most at risk on {asOf:yyyy-MM-dd}");
        foreach (var (index, account) in worst.Index())
        {
            var detail = await health.OneAsync(account.AccountId, cancellationToken);
            var change = detail.Change28Days is { } c ? $", {c:+0.0;-0.0;0} in 28 days" : "";
            output.WriteLine($"{index + 1,3}. {Text.Fit(account.Name, 26)} {keys.GetValueOrDefault(account.AccountId),-14} "
                + $"score {account.Score,5:0.0}  {account.Band ?? "no band",-6}  known {account.Coverage:0%}{change}");
            foreach (var reason in detail.Reasons.Take(ReasonsShown))
                output.WriteLine($"       {reason.Points,6:0.0}  {reason.Text}");
            if (index < WithEvidence && detail.Reasons is [var main, ..])
                await WriteEvidenceAsync(output, health, account.AccountId, main, cancellationToken);
        }
    }

    private static async Task WriteEvidenceAsync(
        TextWriter output, HealthReader health, Guid account, HealthReason reason, CancellationToken cancellationToken)
    {
        var evidence = await health.EvidenceAsync(account, reason.Measure, cancellationToken);
        output.WriteLine($"       evidence for {reason.Measure}, {evidence.From:yyyy-MM-dd} to {evidence.To:yyyy-MM-dd}: "
            + $"{evidence.Days.Count} days of use{(evidence.Days.Count > 0 ? ", the last:" : "")}");
        foreach (var day in evidence.Days.OrderByDescending(d => d.Day).Take(EvidenceDays))
            output.WriteLine($"         {day.Day:yyyy-MM-dd}  {day.Events} events, {day.ActiveUsers} people, {day.Minutes:0} minutes, "
                + Text.Fit(string.Join(' ', day.Features), 60).TrimEnd());
    }
}
