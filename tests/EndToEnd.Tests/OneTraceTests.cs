using System.Diagnostics;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>Ops can follow one usage event through every service to the alert it caused.</summary>
[Collection(nameof(WholeSystem))]
public sealed class OneTraceTests(WholeSystem system)
{
    private static readonly string[] Features = ["reports", "dashboards", "imports", "alerts", "exports"];

    [Fact]
    public async Task From_the_call_that_carries_a_usage_event_to_the_consumer_of_the_alert_it_is_one_trace()
    {
        var start = await system.NextMondayAsync();
        var account = await system.RegisterAsync("traced-1");
        for (var day = start; day < start.AddDays(42); day = day.AddDays(1))
            await system.PassDayAsync(day, () => system.PublishOverHttpAsync(WholeSystem.DayOfUse("traced-1", day, Features)));
        Assert.Empty(system.Subscriber.About(account));

        // Nobody sweeps while it is silent: the next event itself shows how much was lost.
        await system.MoveToAsync(start.AddDays(110));
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await system.PublishOverHttpAsync(
            [WholeSystem.DayOfUse("traced-1", start.AddDays(110), "reports")[0]], $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await system.UntilIdleAsync();

        var alert = await Eventually.GetsAsync(() => Task.FromResult(
            system.Subscriber.About(account).Select(e => e.GetProperty("traceparent").GetString()).FirstOrDefault()));
        Assert.Equal(trace, alert.Split('-')[1]);
        await Eventually.PassesAsync(() =>
        {
            var spans = system.Telemetry.Spans.Where(s => s.TraceId == trace).ToList();
            Assert.Contains(spans, s => s is { Service: "engagement", Name: "POST v1/events" or "POST /v1/events" });
            Assert.Contains(spans, s => s.Service == "engagement" && s.Name.Contains("AccountDaysChanged send", StringComparison.Ordinal));
            Assert.Contains(spans, s => s.Service == "health" && s.Name.Contains("receive", StringComparison.Ordinal));
            Assert.Contains(spans, s => s is { Service: "health", Name: "outbox churn_risk_raised.v1" or "outbox alert_raised.v1" });
            Assert.Contains(spans, s => s.Service == "accounts" && s.Name.Contains("process", StringComparison.Ordinal));
            var known = spans.Select(s => s.SpanId).ToHashSet();
            Assert.Single(spans, s => !known.Contains(s.ParentId)); // only the call has its parent outside
            return Task.CompletedTask;
        });
    }
}
