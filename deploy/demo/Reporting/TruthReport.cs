using CsPlatform.Demo.Alerts;
using CsPlatform.Demo.Measuring;
using CsPlatform.Demo.Running;

namespace CsPlatform.Demo.Reporting;

/// <summary>What really happened, beside what was said before. No kinder than the figures.</summary>
internal static class TruthReport
{
    public static void Write(
        TextWriter output, Scenario scenario, IReadOnlyList<CutReport> reports, IReadOnlyList<Episode> episodes,
        Truth truth)
    {
        var last = reports[^1];
        Text.Heading(output, "What really happened");
        output.WriteLine("Known only now: every figure above was worked out without it.");
        output.WriteLine(
            $"At risk = had an open alert at the end of {last.Day:yyyy-MM-dd}. Lost = {scenario.Leaving}.");
        WriteAlerts(output, last.Alerts);
        WriteRanking(output, scenario, last);
        if (reports.Count > 1)
            WriteCuts(output, reports);
        if (truth.Departures.Count > 0)
            WriteDepartures(output, episodes, truth, last.Day);
    }

    private static void WriteAlerts(TextWriter output, AlertQuality q) => output.WriteLine($"""

           customers {q.Accounts:N0}, lost {q.Left:N0} ({Text.Ratio(q.BaseRate)})
           with an open alert {q.Flagged:N0}, of these lost {q.FlaggedAndLeft:N0}
           precision {Text.Ratio(q.Precision)} of the flagged were lost ({Times(q.Lift)} the rate among all)
           recall    {Text.Ratio(q.Recall)} of the lost were flagged
         """);

    private static void WriteRanking(TextWriter output, Scenario scenario, CutReport cut)
    {
        output.WriteLine();
        output.WriteLine("  AUC: the chance that of one lost and one kept customer the lost one was ranked more at risk (.5 is a coin)");
        output.WriteLine($"    {Text.Auc(cut.ScoreAuc)}  the health score (100 − score)");
        output.WriteLine($"    {Text.Auc(cut.RecencyAuc)}  recency alone (days since the last use)");
        if (scenario.KnownAuc is { } known)
            output.WriteLine($"    {Text.Auc(known.Auc)}  {known.Name}");
        foreach (var line in Verdicts(cut, scenario.KnownAuc))
            output.WriteLine($"  {line}");
    }

    /// <summary>In words who wins; few cases are said to be few.</summary>
    internal static IEnumerable<string> Verdicts(CutReport cut, (string Name, double Auc)? known)
    {
        const int Few = 30;
        if (cut.ScoreAuc is { } score)
        {
            if (cut.RecencyAuc is { } recency)
                yield return Compare(score, recency, "recency alone");
            if (known is { } k)
                yield return Compare(
                    score, k.Auc,
                    "the logistic regression, which was fitted to these customers' outcomes; the score was not");
        }
        if (cut.Alerts.Left < Few)
            yield return $"Only {cut.Alerts.Left} were lost: single cases move these figures by several points.";
        if (cut.WithoutScore > 0)
            yield return $"{cut.WithoutScore} customers had no score; they stand in the middle.";
    }

    private static string Compare(double score, double other, string name) => (score - other) switch
    {
        > 0.005 => $"The score beats {name}.",
        < -0.005 => $"The score LOSES to {name}.",
        _ => $"The score is level with {name}.",
    };

    private static void WriteCuts(TextWriter output, IReadOnlyList<CutReport> reports)
    {
        output.WriteLine();
        output.WriteLine("  Every quarter, as judged on that day:");
        output.WriteLine("    day         customers  lost  flagged  precision  recall  AUC score  AUC recency");
        foreach (var r in reports)
            output.WriteLine($"    {r.Day:yyyy-MM-dd}  {r.Alerts.Accounts,9}  {r.Alerts.Left,4}  {r.Alerts.Flagged,7}  "
                + $"{Text.Ratio(r.Alerts.Precision),9}  {Text.Ratio(r.Alerts.Recall),6}  "
                + $"{Text.Auc(r.ScoreAuc),9}  {Text.Auc(r.RecencyAuc),11}");
    }

    private static void WriteDepartures(TextWriter output, IReadOnlyList<Episode> episodes, Truth truth, DateOnly last)
    {
        var warnings = Warning.Of(episodes, truth, last);
        output.WriteLine();
        output.WriteLine(
            "  Those who left during the replay: had they an open alert on their last day, and since how many days?");
        output.WriteLine("    cause                              left  warned  median days ahead");
        foreach (var cause in warnings.GroupBy(w => w.Cause).OrderByDescending(g => g.Count()))
            WriteLine(cause.Key, [.. cause]);
        WriteLine("all", warnings);

        var raised = episodes.Where(e => e.RaisedOn <= last).ToList();
        var followed = raised.Count(e => truth.Departures.TryGetValue(e.AccountId, out var d) && d.On > e.RaisedOn
            && d.On.DayNumber - e.RaisedOn.DayNumber <= Truth.HorizonDays);
        output.WriteLine($"  Of {raised.Count} alerts raised, {followed} "
            + $"({Text.Ratio(raised.Count == 0 ? null : (double)followed / raised.Count)}) "
            + $"were followed by the loss within {Truth.HorizonDays} days.");

        void WriteLine(string name, IReadOnlyList<Warning> of)
        {
            var ahead = of.Where(w => w.DaysAhead is not null).Select(w => (double)w.DaysAhead!).ToList();
            output.WriteLine(
                $"    {Text.Fit(name, 34)} {of.Count,4}  {ahead.Count,6}  {Days(Ranking.Median(ahead)),17}");
        }
    }

    private static string Days(double? days) => days is { } d ? $"{d:0}" : "–";

    private static string Times(double? lift) => lift is { } l ? $"{l:0.0} times" : "–";
}
