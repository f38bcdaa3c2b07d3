using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace CsPlatform.AppHost.Tests;

/// <summary>
/// A customer is used to the product, falls silent, and one late event shows how much was lost: an alert.
/// </summary>
internal static class RiskJourney
{
    private const string Key = "traced-1";
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <returns>The account, and the trace of the call that carried the last event.</returns>
    public static async Task<(Guid Account, string Trace)> RunAsync(Installation installation, ReplayControl replay)
    {
        await replay.MoveToAsync(Start);
        var account = await RegisterAsync(installation);
        await replay.UntilIdleAsync();
        await replay.MoveToAsync(Start.AddDays(42));
        await PublishAsync(installation, [.. Enumerable.Range(0, 42).SelectMany(day => DayOfUse(Start.AddDays(day)))]);
        await replay.UntilIdleAsync();

        // Nobody sweeps while it is silent: the next event itself shows how much was lost.
        await replay.MoveToAsync(Start.AddDays(110));
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await PublishAsync(
            installation, [.. DayOfUse(Start.AddDays(110)).Take(1)],
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        await replay.UntilIdleAsync();
        return (account, trace);
    }

    private static async Task<Guid> RegisterAsync(Installation installation)
    {
        using var accounts = installation.Client("accounts", new TokenClaims("admin"));
        using var answer = await accounts.PostAsJsonAsync("/v1/accounts", new
        {
            details = new { name = "Traced", tier = "vip" },
            externalKeys = new[] { new { system = "crm", key = Key } },
        });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accountId").GetGuid();
    }

    private static IEnumerable<object> DayOfUse(DateTimeOffset day) =>
        from person in new[] { "ann", "bob", "cy" }
        from feature in new[] { "reports", "dashboards", "imports", "alerts", "exports" }
        select new
        {
            specversion = "1.0",
            id = $"{day:yyyyMMdd}-{person}-{feature}",
            source = "app",
            type = "com.example.app.feature.used",
            subject = $"crm/{Key}",
            time = day.AddHours(-9).ToString("O", CultureInfo.InvariantCulture),
            data = new { user = person, feature, minutes = 10 },
        };

    private static async Task PublishAsync(
        Installation installation, IReadOnlyList<object> events, string? traceparent = null)
    {
        using var engagement = installation.Client("engagement", new TokenClaims("publisher") { Sources = ["app"] });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Content = JsonContent.Create(events, new MediaTypeHeaderValue("application/cloudevents-batch+json")),
        };
        if (traceparent is not null)
            request.Headers.Add("traceparent", traceparent);
        using var answer = await engagement.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }
}
