using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CsPlatform.Health.Assessing;

/// <summary>What ops see of the judging: scores made, the time it took, and the alerts that stand open.</summary>
internal static class HealthTelemetry
{
    private static readonly Meter Meter = new("CsPlatform.Health");

    private static readonly Counter<long> Scores = Meter.CreateCounter<long>(
        "csplatform.scores", "{score}", "Scores worked out, by whether they moved enough to be stored");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "csplatform.assessment.duration", "s", "Time to judge accounts in one transaction, from facts to commit");

    /// <param name="counts">What a committed assessment came to.</param>
    /// <param name="since">When it began, by <see cref="Stopwatch"/>.</param>
    public static void Count(AssessmentCounts counts, long since)
    {
        if (counts.Changed > 0)
            Scores.Add(counts.Changed, new KeyValuePair<string, object?>("stored", true));
        if (counts.Scored > counts.Changed)
            Scores.Add(counts.Scored - counts.Changed, new KeyValuePair<string, object?>("stored", false));
        Duration.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    public static void AddHealthGauges(this IServiceCollection services) => services.AddSampledGauge(
        "csplatform.alerts.open", "{alert}", "Alerts that stand open, by severity", "severity", _ =>
            """
            select s.severity, count(a.id)::double precision
            from (values ('low'), ('medium'), ('high')) s(severity)
            left join health.mt_doc_alert a on a.open and lower(a.data -> 'state' ->> 'severity') = s.severity
            group by s.severity
            """);
}
