using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>Ops can follow one usage event through every service to the alert it caused.</summary>
[Collection(nameof(WholeSystem))]
public sealed partial class OneTraceTests(WholeSystem system)
{
    private static readonly string[] Features = ["reports", "dashboards", "imports", "alerts", "exports"];

    /// <summary>What a person reads of it, statements aside.</summary>
    private static readonly string[] Story =
    [
        "accounts: handle ChurnRiskRaised",
        "accounts: hear ChurnRiskRaised",
        "engagement: POST /v1/events",
        "engagement: publish AccountDaysChanged",
        "engagement: tell changed days",
        "engagement: write usage events",
        "health: assess account",
        "health: gather AccountDaysChanged",
        "health: handle AccountDaysChanged",
        "health: hear AccountDaysChanged",
        "health: outbox alert_raised.v1",
        "health: publish ChurnRiskRaised",
        "health: publish csplatform.alerts",
    ];

    private static readonly string[] Statements =
    [
        "begin", "insert usage_claim", "copy usage_event", "select alert",
        "append events, upsert account_health, upsert alert",
    ];

    [Fact]
    public async Task From_the_call_that_carries_a_usage_event_to_the_consumer_of_the_alert_it_is_one_trace()
    {
        var start = await system.NextMondayAsync();
        var account = await system.RegisterAsync("traced-1");
        for (var day = start; day < start.AddDays(42); day = day.AddDays(1))
            await system.PassDayAsync(
                day, () => system.PublishOverHttpAsync(WholeSystem.DayOfUse("traced-1", day, Features)));
        Assert.Empty(system.Subscriber.About(account));

        // Nobody sweeps while it is silent: the next event itself shows how much was lost.
        await system.MoveToAsync(start.AddDays(110));
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await system.PublishOverHttpAsync(
            [WholeSystem.DayOfUse("traced-1", start.AddDays(110), "reports")[0]],
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await system.UntilIdleAsync();

        var alert = await Eventually.GetsAsync(() => Task.FromResult(
            system.Subscriber.About(account).Select(e => e.GetProperty("traceparent").GetString()).FirstOrDefault()));
        Assert.Equal(trace, alert.Split('-')[1]);
        await Eventually.PassesAsync(() =>
        {
            var spans = system.Telemetry.Spans.Where(s => s.TraceId == trace).ToList();
            Assert.Equal(Story, spans.Where(s => !IsStatement(s)).Select(s => $"{s.Service}: {s.Name}")
                .Distinct().Order(StringComparer.Ordinal));
            Assert.All(spans.Where(IsStatement), s => Assert.Matches(StatementName(), s.Name));
            Assert.All(Statements, name => Assert.Contains(spans, s => IsStatement(s) && s.Name == name));
            var known = spans.Select(s => s.SpanId).ToHashSet();
            Assert.Single(spans, s => !known.Contains(s.ParentId)); // only the call has its parent outside
            return Task.CompletedTask;
        });
    }

    private static bool IsStatement(ReceivedSpan span) => span.Tags.ContainsKey("db.system.name");

    /// <summary>Each statement by its verb and its table or function, nothing else.</summary>
    [GeneratedRegex(
        @"^(?:(?:begin|notify|(?:append|call|copy|delete|insert|select|update|upsert) [a-z_]+)(?:, |$))+(?:…)?$")]
    private static partial Regex StatementName();
}
