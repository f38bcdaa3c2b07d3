namespace CsPlatform.Health.Tests.Live;

/// <summary>Facts in over the bus, alerts out over AMQP, on the real service.</summary>
[Collection(nameof(HealthSystem))]
public sealed class SilenceTests(HealthSystem system)
{
    [Fact]
    public async Task Silence_raises_by_the_sweep_and_recovery_clears()
    {
        var accountId = await system.Register("silent", "vip");
        await system.UseDaily(accountId, 42);
        await system.Sweep();
        Assert.Equal("green", (await system.Get($"/v1/accounts/{accountId}/health")).GetProperty("band").GetString());
        Assert.Empty(system.Received(accountId));

        for (var i = 0; i < 60 && system.Received(accountId).Count == 0; i++)
        {
            await system.Pass(1);
            await system.Sweep();
        }

        var raised = Assert.Single(system.Received(accountId));
        Assert.StartsWith("churnrisk.raised.", raised.GetProperty("RoutingKey").GetString());
        Assert.EndsWith(".vip", raised.GetProperty("RoutingKey").GetString());
        var data = raised.GetProperty("Event").GetProperty("data");
        Assert.Equal($"{accountId}|usage_drop", data.GetProperty("dedupKey").GetString());
        Assert.Equal("silent", data.GetProperty("account").GetProperty("externalIds").GetProperty("crm").GetString());
        Assert.Contains("Silent", data.GetProperty("reasons")[0].GetProperty("text").GetString());

        await system.UseDaily(accountId, 40);
        await system.Sweep();
        var cleared = system.Received(accountId)[^1].GetProperty("Event");
        Assert.Equal("com.csplatform.churnrisk.cleared.v1", cleared.GetProperty("type").GetString());
        Assert.Equal(data.GetProperty("alertId").GetGuid(), cleared.GetProperty("data").GetProperty("alertId").GetGuid());
    }
}
