using System.Globalization;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>
/// The people who look after one customer: what they do and write, well and badly, up to an alert and its end.
/// </summary>
internal sealed class People(WholeSystem system, WaysIn waysIn, Planted planted)
{
    public async Task LookAfterAsync(Guid account)
    {
        var start = await system.NextMondayAsync();
        await KeepAccountAsync($"/v1/accounts/{account}");
        await DoneAsync(HttpMethod.Post, "renewals", "/v1/contracts", new
        {
            accountId = account,
            startsOn = Day(start),
            endsOn = Day(start.AddDays(300)),
            seats = 3,
            recurringAmount = new { amount = "100.00", currency = "EUR" },
            billingPeriod = "monthly",
        });
        await AnswerAlertAsync($"/v1/alerts/{await UntilAlertAsync(account, start)}");
    }

    /// <summary>A survey answer was given for the wrong customer, and by mistake too.</summary>
    public async Task CorrectAsync(string path)
    {
        var accountId = await system.RegisterAsync("canary-2");
        await RefusedAsync(
            HttpMethod.Post, "feedback", $"{path}/move",
            new { accountId, reason = planted.New("long reason of a move") + new string('x', 600) });
        await DoneAsync(
            HttpMethod.Post, "feedback", $"{path}/move", new { accountId, reason = planted.New("reason of a move") });
        await DoneAsync(
            HttpMethod.Post, "feedback", $"{path}/withdraw", new { reason = planted.New("reason of a withdrawal") });
    }

    private async Task KeepAccountAsync(string path)
    {
        await DoneAsync(HttpMethod.Put, "accounts", $"{path}/csm", new { csmId = planted.New("CSM before") });
        await DoneAsync(HttpMethod.Put, "accounts", $"{path}/csm", new { csmId = planted.New("CSM") });
        await DoneAsync(
            HttpMethod.Post, "accounts", $"{path}/stages",
            new { stage = "adoption", reason = planted.New("reason of a stage") });

        await RefusedAsync(
            HttpMethod.Put, "accounts", $"{path}/csm", new { csmId = planted.New("long CSM") + new string('x', 200) });
        await RefusedAsync(
            HttpMethod.Put, "accounts", $"{path}/csm", new { csmId = "bo" }, ifMatch: planted.New("version"));
        await RefusedAsync(HttpMethod.Post, "accounts", $"{path}/stages", new { stage = planted.New("stage") });
        await RefusedAsync(HttpMethod.Post, "accounts", $"{path}/stages",
            new { stage = "trial", reason = planted.New("long reason of a stage") + new string('x', 2_000) });
    }

    /// <summary>Use of six days, then silence until somebody is warned.</summary>
    private async Task<string> UntilAlertAsync(Guid account, DateTimeOffset start)
    {
        for (var day = start; day < start.AddDays(6); day = day.AddDays(1))
            await system.PassDayAsync(
                day, () => system.PublishOverAmqpAsync(WholeSystem.DayOfUse("canary-1", day, "reports", "exports")));
        for (var day = start.AddDays(20); day < start.AddDays(100)
            && system.Subscriber.About(account).Count == 0; day = day.AddDays(10))
            await system.PassDayAsync(day);
        return system.Subscriber.About(account)[0].GetProperty("data").GetProperty("alertId").GetString()!;
    }

    private async Task AnswerAlertAsync(string path)
    {
        var later = (await system.NextMondayAsync()).AddDays(2);
        await DoneAsync(
            HttpMethod.Post, "health", $"{path}/snooze",
            new { until = later, reason = planted.New("reason of a snooze") });
        await DoneAsync(HttpMethod.Post, "health", $"{path}/acknowledge", new { });
        await RefusedAsync(
            HttpMethod.Post, "health", $"{path}/snooze",
            new { until = planted.New("end of a snooze"), reason = "away" });
        await RefusedAsync(
            HttpMethod.Post, "health", $"{path}/dismiss",
            new { reason = planted.New("long reason of a dismissal") + new string('x', 600) });
        await DoneAsync(
            HttpMethod.Post, "health", $"{path}/dismiss", new { reason = planted.New("reason of a dismissal") });
        await RefusedAsync(
            HttpMethod.Post, "health", $"{path}/dismiss", new { reason = planted.New("reason of a second dismissal") });
        await system.UntilIdleAsync();
    }

    private async Task DoneAsync(HttpMethod method, string service, string path, object body) =>
        Assert.InRange(
            await waysIn.WriteAsync(method, service, path, body), HttpStatusCode.OK, HttpStatusCode.NoContent);

    private async Task RefusedAsync(
        HttpMethod method, string service, string path, object body, string? ifMatch = null) =>
        Assert.InRange(
            await waysIn.WriteAsync(method, service, path, body, ifMatch), HttpStatusCode.BadRequest,
            (HttpStatusCode)499);

    private static string Day(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
