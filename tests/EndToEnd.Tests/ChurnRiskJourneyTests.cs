using System.Globalization;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>The main job: what customers do comes in, and who is about to leave goes out, with reasons.</summary>
[Collection(nameof(WholeSystem))]
public sealed class ChurnRiskJourneyTests(WholeSystem system)
{
    private static readonly string[] Features = ["reports", "dashboards", "imports", "alerts", "exports"];

    [Fact]
    public async Task Use_then_silence_raises_an_alert_and_recovery_clears_it()
    {
        var start = await system.NextMondayAsync();
        var account = await system.RegisterAsync("silent-1");
        await system.PostAsync("renewals", "/v1/contracts", new
        {
            accountId = account,
            startsOn = start.AddDays(-4).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            endsOn = start.AddDays(175).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            seats = 5,
            recurringAmount = new { amount = "1000.00", currency = "EUR" },
            billingPeriod = "monthly",
        });
        await system.PostAsync(
            "feedback", "/v1/answers", new { accountId = account, contactId = "c-1", metric = "nps", score = 9 });

        var day = start;
        for (; day < start.AddDays(42); day = day.AddDays(1))
            await system.PassDayAsync(day, day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? null : async () =>
            {
                var events = WholeSystem.DayOfUse("silent-1", day, Features);
                if (day.Day % 2 == 0)
                    await system.PublishOverHttpAsync(events);
                else
                    await system.PublishOverAmqpAsync(events);
            });

        var days = await system.GetAsync(
            "engagement", $"/v1/accounts/{account}/days?from={start:yyyy-MM-dd}&to={day:yyyy-MM-dd}");
        Assert.Equal(30, days.GetProperty("days").GetArrayLength());
        Assert.All(
            days.GetProperty("days").EnumerateArray(),
            d => Assert.Equal((15, 3), (d.GetProperty("events").GetInt32(), d.GetProperty("activeUsers").GetInt32())));
        var healthy = await system.GetAsync("health", $"/v1/accounts/{account}/health");
        Assert.Equal("green", healthy.GetProperty("band").GetString());
        Assert.Empty(system.Subscriber.About(account));

        for (; day < start.AddDays(120) && system.Subscriber.About(account).Count == 0; day = day.AddDays(1))
            await system.PassDayAsync(day);

        var raised = system.Subscriber.About(account)[0];
        Assert.Equal("com.csplatform.churnrisk.raised.v1", raised.GetProperty("type").GetString());
        var data = raised.GetProperty("data");
        Assert.NotEmpty(data.GetProperty("reasons").EnumerateArray());
        Assert.Equal("12000.00", data.GetProperty("exposure").GetProperty("amount").GetString());
        Assert.Equal("silent-1", data.GetProperty("account").GetProperty("externalIds").GetProperty("crm").GetString());

        for (var back = day; back < day.AddDays(60) && !IsCleared(account); back = back.AddDays(1))
            await system.PassDayAsync(
                back, () => system.PublishOverHttpAsync(WholeSystem.DayOfUse("silent-1", back, Features)));

        Assert.True(IsCleared(account), "the alert clears once use is back");
        InOrder(account);
        await system.PassDayAsync(start.AddDays(120)); // less than 60 days before the contract's end
        await TimelineHolds(
            account, "registered", "contractSigned", "surveyAnswered", "firstUse", "riskRaised", "riskCleared",
            "renewalOpened");
    }

    [Fact]
    public async Task A_resent_day_over_the_other_transport_changes_nothing()
    {
        var start = await system.NextMondayAsync();
        var account = await system.RegisterAsync("twice-1");
        var events = WholeSystem.DayOfUse("twice-1", start, Features);

        await system.PublishOverHttpAsync(events);
        await system.PublishOverAmqpAsync(events);
        await system.PublishOverHttpAsync(events);
        await system.UntilIdleAsync();

        var day = (await system.GetAsync("engagement", $"/v1/accounts/{account}/days?from={start:yyyy-MM-dd}&to={start:yyyy-MM-dd}"))
            .GetProperty("days").EnumerateArray().Single();
        Assert.Equal(15, day.GetProperty("events").GetInt32());
    }

    private bool IsCleared(Guid account) => system.Subscriber.About(account)
        .Any(e => e.GetProperty("type").GetString() == "com.csplatform.churnrisk.cleared.v1");

    private void InOrder(Guid account)
    {
        var sequences = system.Subscriber.About(account).Select(
            e => e.GetProperty("accountsequence").GetString()).ToList();
        Assert.Equal(sequences.Order(StringComparer.Ordinal), sequences);
    }

    private async Task TimelineHolds(Guid account, params string[] kinds)
    {
        var timeline = await system.GetAsync("accounts", $"/v1/accounts/{account}/timeline");
        var seen = timeline.GetProperty("items").EnumerateArray().Select(
            e => e.GetProperty("kind").GetString()).ToHashSet();
        Assert.All(kinds, kind => Assert.Contains(kind, seen));
    }
}
