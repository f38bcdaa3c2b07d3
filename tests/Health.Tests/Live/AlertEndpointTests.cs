using System.Net.Http.Headers;
using CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Health.Tests.Live;

/// <summary>People act on alerts over HTTP.</summary>
[Collection(nameof(HealthSystem))]
public sealed class AlertEndpointTests(HealthSystem system)
{
    [Fact]
    public async Task A_snooze_ends_when_it_is_due_though_nothing_else_happens_to_the_account()
    {
        var (_, alertId) = await RaisedAlert("snoozed");
        using var csm = system.Client("health", Roles.Csm);
        await Post(csm, alertId, "snooze", new { until = system.Today.AddHours(20), reason = "At a fair" }, null);

        Assert.Equal(0, await system.EndSnoozes());
        await system.Pass(1);

        Assert.Equal(1, await system.EndSnoozes());
        Assert.Equal(0, await system.EndSnoozes());
        Assert.NotEqual("snoozed", (await system.Get($"/v1/alerts/{alertId}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_alert_is_acknowledged_snoozed_and_dismissed_against_its_version()
    {
        var (accountId, alertId) = await RaisedAlert("acted-on");
        using var csm = system.Client("health", Roles.Csm);

        var read = await csm.GetAsync($"/v1/alerts/{alertId}");
        var first = read.Headers.ETag!;
        Assert.Equal(HttpStatusCode.OK, (await Post(csm, alertId, "acknowledge", null, first)).StatusCode);
        var stale = await Post(csm, alertId, "dismiss", new { reason = "Too late" }, first);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.Equal(
            "version-changed", (await stale.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());

        var snoozed = await Post(
            csm, alertId, "snooze", new { until = system.Today.AddDays(2), reason = "On holiday" }, null);
        Assert.Equal(HttpStatusCode.OK, snoozed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Post(csm, alertId, "dismiss", new { reason = "They moved office" }, snoozed.Headers.ETag)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(csm, alertId, "acknowledge", null, null)).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await Post(csm, alertId, "snooze", new { until = system.Today, reason = "x" }, null)).StatusCode);
        await system.UntilIdle();

        Assert.Equal(
            ["raised", "acknowledged", "snoozed", "dismissed"],
            system.Received(accountId).Select(
                r => r.GetProperty("Event").GetProperty("data").GetProperty("status").GetString()));
        var sequences = system.Received(accountId).Select(
            r => r.GetProperty("Event").GetProperty("accountsequence").GetString()).ToList();
        Assert.Equal(sequences.Order(StringComparer.Ordinal), sequences);
        Assert.Equal(
            "dismissed", Assert.Single(system.Told(accountId, "ChurnRiskCleared")).GetProperty("reason").GetString());
        var listed = (await system.Get($"/v1/alerts?accountId={accountId}&status=dismissed")).GetProperty("items");
        Assert.Equal("They moved office", listed[0].GetProperty("outcome").GetString());
        Assert.Empty(
            (await system.Get($"/v1/alerts?accountId={accountId}&status=open")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Churn_closes_the_alert_and_takes_the_account_off_the_list()
    {
        var (accountId, _) = await RaisedAlert("churning");

        await system.Send(new StageEntered(accountId, "churned", 9, system.Today));
        await system.UntilIdle();

        Assert.Equal(
            "churned", Assert.Single(system.Told(accountId, "ChurnRiskCleared")).GetProperty("reason").GetString());
        Assert.True((await system.Get($"/v1/accounts/{accountId}/health")).GetProperty("frozen").GetBoolean());
        Assert.DoesNotContain(
            (await system.Get("/v1/health?limit=1000")).GetProperty("items").EnumerateArray(), i => i.GetProperty(
                "accountId").GetGuid() == accountId);
    }

    [Fact]
    public async Task Without_a_token_401_and_with_the_wrong_role_403()
    {
        var id = Guid.CreateVersion7(system.Today);
        using var nobody = system.Client("health");
        using var viewer = system.Client("health", Roles.Viewer);
        using var publisher = system.Client("health", Roles.Publisher);

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/v1/health")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await publisher.GetAsync("/v1/health")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(viewer, id, "acknowledge", null, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync("/v1/sweeps", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PutAsJsonAsync("/v1/models/default", new { })).StatusCode);
    }

    [Fact]
    public async Task A_model_is_published_as_its_next_version()
    {
        using var admin = system.Client("health", Roles.Admin);
        var first = await admin.GetFromJsonAsync<JsonElement>("/v1/models/default/1");
        var body = first.GetProperty("model").EnumerateObject()
            .Where(p => p.Name is not ("modelId" or "version" or "lookBackDays"))
            .ToDictionary(p => p.Name, p => (object)p.Value);

        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PutAsJsonAsync("/v1/models/default", body)).StatusCode);
        body["reason"] = "The same again";
        var published = await admin.PutAsJsonAsync("/v1/models/default", body);

        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Equal("\"2\"", $"{published.Headers.ETag}");
        Assert.Equal(2, (await admin.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("items").EnumerateArray().First().GetProperty("version").GetInt32());
        Assert.False(
            (await admin.GetFromJsonAsync<JsonElement>("/v1/models/default/1")).GetProperty("current").GetBoolean());
    }

    private async Task<(Guid AccountId, Guid AlertId)> RaisedAlert(string name)
    {
        var accountId = await system.Register(name);
        // Told day by day: a habit heard of all at once, late, would seed an alert and not raise it.
        await system.UseDaily(accountId, 14);
        for (var i = 0; i < 40 && system.Received(accountId).Count == 0; i++)
        {
            await system.Pass(2);
            await system.Sweep();
        }
        var raised = system.Received(accountId)[0].GetProperty("Event").GetProperty("data");
        return (accountId, raised.GetProperty("alertId").GetGuid());
    }

    private static async Task<HttpResponseMessage> Post(
        HttpClient client, Guid alertId, string action, object? body, EntityTagHeaderValue? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/alerts/{alertId}/{action}");
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (ifMatch is not null)
            request.Headers.IfMatch.Add(ifMatch);
        return await client.SendAsync(request);
    }
}
