using CsPlatform.Contracts.Engagement.V1;

namespace CsPlatform.Health.Tests.Live;

/// <summary>What becomes of an alert by itself, as a subscriber and Accounts hear it.</summary>
[Collection(nameof(HealthSystem))]
public sealed class AlertLifeTests(HealthSystem system)
{
    [Fact]
    public async Task Use_that_becomes_known_late_retracts_the_alert_that_its_lack_raised()
    {
        var accountId = await system.Register("retracted");
        await system.UseDaily(accountId, 21);
        var silentFrom = system.Today;
        await UntilRaised(accountId);

        // A collector that was offline delivers the days that seemed silent.
        await system.Pass(1);
        for (var day = silentFrom; day < system.Today; day = day.AddDays(1))
            await system.Use(accountId, day);
        await system.UntilIdle();
        await system.Sweep();

        var retracted = system.Received(accountId)[^1].GetProperty("Event");
        Assert.Equal("com.csplatform.churnrisk.retracted.v1", retracted.GetProperty("type").GetString());
        Assert.Contains(
            "became known on", retracted.GetProperty("data").GetProperty("outcome").GetProperty("text").GetString());
        var told = Assert.Single(system.Told(accountId, "ChurnRiskRetracted"));
        Assert.Contains("became known on", told.GetProperty("reason").GetString());
        Assert.Empty(
            (await system.Get($"/v1/alerts?accountId={accountId}&status=open")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_risk_that_a_backfill_shows_is_seeded_and_wakes_nobody()
    {
        var accountId = await system.Register("seeded");
        // A daily habit that ended two months ago, heard of all at once.
        await system.Send(new AccountDaysChanged(
            [new(accountId, [.. Enumerable.Range(60, 60).SelectMany(ago => HealthSystem.Day(accountId, system.Today.AddDays(-ago)).Accounts[0].Days)])],
            system.Today));
        await system.UntilIdle();
        await system.Sweep();

        var alerts = (await system.Get($"/v1/alerts?accountId={accountId}")).GetProperty("items");
        Assert.All(alerts.EnumerateArray(), alert => Assert.Equal("seeded", alert.GetProperty("status").GetString()));
        Assert.NotEqual(0, alerts.GetArrayLength());
        Assert.Empty(system.Received(accountId));
        Assert.Empty(system.Told(accountId, "ChurnRiskRaised"));
    }

    [Fact]
    public async Task A_risk_that_grows_is_escalated_once_for_each_step()
    {
        var accountId = await system.Register("escalated");
        await system.UseDaily(accountId, 21);
        await UntilRaised(accountId);
        for (var i = 0; i < 60 && !Types(accountId).Contains("com.csplatform.churnrisk.escalated.v1"); i++)
        {
            await system.Pass(3);
            await system.Sweep();
        }

        var events = system.Received(accountId).Select(r => r.GetProperty("Event")).ToList();
        foreach (var alert in events.GroupBy(e => e.GetProperty("data").GetProperty("alertId").GetGuid()))
        {
            var severities = alert
                .Where(e => e.GetProperty("type").GetString() is "com.csplatform.churnrisk.raised.v1" or "com.csplatform.churnrisk.escalated.v1")
                .Select(e => e.GetProperty("severitynumber").GetInt32()).ToList();
            Assert.Equal(severities.Distinct().Order(), severities);
        }
        Assert.Contains("com.csplatform.churnrisk.escalated.v1", Types(accountId));
        Assert.NotEmpty(system.Told(accountId, "ChurnRiskEscalated"));
    }

    [Fact]
    public async Task A_snooze_ends_by_itself_and_says_that_the_risk_is_still_there()
    {
        var accountId = await system.Register("snoozed");
        await system.UseDaily(accountId, 14);
        var alertId = await UntilRaised(accountId);
        using var csm = system.Client("health", Roles.Csm);
        var snoozed = await csm.PostAsJsonAsync(
            $"/v1/alerts/{alertId}/snooze", new { until = system.Today.AddDays(2), reason = "On holiday" });
        Assert.Equal(HttpStatusCode.OK, snoozed.StatusCode);

        await system.Pass(1);
        await system.Sweep();
        Assert.Equal("snoozed", Status(accountId, alertId));
        await system.Pass(2);
        await system.Sweep();

        var outcomes = system.Received(accountId)
            .Select(r => r.GetProperty("Event").GetProperty("data"))
            .Where(d => d.GetProperty("alertId").GetGuid() == alertId && d.TryGetProperty("outcome", out var o)
                && o.ValueKind == JsonValueKind.Object)
            .Select(d => d.GetProperty("outcome").GetProperty("code").GetString()).ToList();
        Assert.Equal(["snoozed", "snooze-ended"], outcomes[..2]);
    }

    private IReadOnlyList<string?> Types(Guid accountId) =>
        [.. system.Received(accountId).Select(r => r.GetProperty("Event").GetProperty("type").GetString())];

    private string? Status(Guid accountId, Guid alertId) => system.Received(accountId)
        .Select(r => r.GetProperty("Event").GetProperty("data"))
        .Last(d => d.GetProperty("alertId").GetGuid() == alertId).GetProperty("status").GetString();

    private async Task<Guid> UntilRaised(Guid accountId)
    {
        for (var i = 0; i < 60 && system.Received(accountId).Count == 0; i++)
        {
            await system.Pass(1);
            await system.Sweep();
        }
        return system.Received(accountId)[0].GetProperty("Event").GetProperty("data").GetProperty("alertId").GetGuid();
    }
}
