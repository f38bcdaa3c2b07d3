using Npgsql;

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
        Assert.Equal($"{accountId}|usageDrop", data.GetProperty("dedupKey").GetString());
        Assert.Equal("silent", data.GetProperty("account").GetProperty("externalIds").GetProperty("crm").GetString());
        Assert.Contains("Silent", data.GetProperty("reasons")[0].GetProperty("text").GetString());

        await system.UseDaily(accountId, 40);
        await system.Sweep();
        var cleared = system.Received(accountId)[^1].GetProperty("Event");
        Assert.Equal("com.csplatform.churnrisk.cleared.v1", cleared.GetProperty("type").GetString());
        Assert.Equal(
            data.GetProperty("alertId").GetGuid(), cleared.GetProperty("data").GetProperty("alertId").GetGuid());
    }

    [Fact]
    public async Task A_sweep_that_loses_a_race_judges_the_same_accounts_again()
    {
        var accountId = await system.Register("raced");
        await system.UseDaily(accountId, 42);
        await system.Pass(30);
        await Owner("""
            create sequence health.append;
            grant usage on sequence health.append to public;
            create function health.lose_first() returns trigger language plpgsql as $$
            begin
              if nextval('health.append') = 1 then raise exception 'another was first' using errcode = '40001'; end if;
              return new;
            end $$;
            create trigger lose_first before insert on health.mt_events
              for each row execute function health.lose_first();
            """);
        try
        {
            var report = await system.Sweep();

            Assert.True(report.GetProperty("changed").GetInt32() > 0, $"{report}");
        }
        finally
        {
            await Owner("drop trigger lose_first on health.mt_events; drop function health.lose_first(); drop sequence health.append");
        }
        Assert.NotEmpty(system.Received(accountId));
    }

    private async Task Owner(string sql)
    {
        await using var connection = new NpgsqlConnection(
            system.Platform.OwnerConnectionString("health") + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
