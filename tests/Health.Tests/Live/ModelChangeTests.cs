namespace CsPlatform.Health.Tests.Live;

/// <summary>Another model over a database that has scores by the one before.</summary>
public sealed class ModelChangeTests(HealthSystem system) : IClassFixture<HealthSystem>
{
    [Fact]
    public async Task A_model_that_looks_back_less_far_is_no_change_of_behaviour()
    {
        var accountId = await system.Register("judged-by-two");
        await system.UseDaily(accountId, 14);
        await system.Pass(70);
        for (var day = 0; day < 8; day++) // unchanged use: version 1 stores what it has to say
        {
            await system.UseDaily(accountId, 1);
            await system.Sweep();
        }

        await Publish("recency", windowDays: 7);
        await system.Sweep();

        // By version 1 nothing happened since: all that it looks at is still read, and the whole step is the model's.
        var changes = (await system.Get($"/v1/accounts/{accountId}/health")).GetProperty(
            "lastStored").GetProperty("changes");
        var causes = changes.EnumerateArray().ToLookup(
            c => c.GetProperty("cause").GetString(), c => c.GetProperty("points").GetDecimal());
        Assert.NotEmpty(causes["modelChanged"]);
        Assert.InRange(causes["behaviour"].Sum(Math.Abs) + causes["wentStale"].Sum(Math.Abs), 0, 3);
    }

    /// <summary>The model without all measures but one, and that over fewer days.</summary>
    private async Task Publish(string measure, int windowDays)
    {
        using var admin = system.Client("health", Roles.Admin);
        var first = await admin.GetFromJsonAsync<JsonElement>("/v1/models/default/1");
        var body = Members(first.GetProperty("model"));
        foreach (var given in (string[])["modelId", "version", "lookBackDays"])
            body.Remove(given);
        var left = Members(first.GetProperty("model").GetProperty("measures").EnumerateArray()
            .Single(m => m.GetProperty("id").GetString() == measure));
        left["windowDays"] = windowDays;
        body["measures"] = new[] { left };
        body["reason"] = "Looks back a week";
        using var answer = await admin.PutAsJsonAsync("/v1/models/default", body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());

        static Dictionary<string, object> Members(JsonElement element) =>
            element.EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value);
    }
}
