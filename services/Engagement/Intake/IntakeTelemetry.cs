using System.Diagnostics;
using System.Diagnostics.Metrics;
using CsPlatform.Engagement.Submissions;

namespace CsPlatform.Engagement.Intake;

internal static class IntakeTelemetry
{
    private static readonly Meter Meter = new("CsPlatform.Engagement");

    private static readonly Counter<long> Items = Meter.CreateCounter<long>(
        "csplatform.usage.items", "{item}", "Items of requests and deliveries, by transport and result");

    public static ActivitySource Source { get; } = new("CsPlatform.Engagement");

    public static void Count(Submission submission)
    {
        if (!Items.Enabled)
            return;
        foreach (var same in submission.Results.GroupBy(r => (r.Status, r.Code)))
            Items.Add(same.Count(),
                new("transport", submission.Origin.Transport), new("status", $"{same.Key.Status}"),
                new("code", same.Key.Code));
    }
}
