using CsPlatform.Backbone;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using JasperFx;
using Marten;

namespace CsPlatform.Health.Tests.Live;

/// <summary>What is shown is made of the events and of nothing else.</summary>
[Collection(nameof(HealthSystem))]
public sealed class RebuildTests(HealthSystem system)
{
    private static readonly string[] Documents = ["mt_doc_account_health", "mt_doc_alert", "mt_doc_model_history"];

    [Fact]
    public async Task A_rebuild_gives_what_is_live_and_publishes_nothing()
    {
        var accountId = await system.Register("rebuilt");
        await system.UseDaily(accountId, 10);
        await system.Pass(40);
        await system.Sweep();
        var (before, published) = (await Snapshot(), await Published());
        Assert.Contains(before, d => d.Contains(accountId.ToString(), StringComparison.Ordinal));

        var options = EventStore.Options("health", EventModel.Configure, TimeProvider.System);
        options.Connection(system.Platform.ConnectionString("health")); // with the rights of the service
        options.AutoCreateSchemaObjects = AutoCreate.None;
        using (var store = new DocumentStore(options))
        {
            using var daemon = await store.BuildProjectionDaemonAsync();
            await daemon.RebuildProjectionAsync<AccountHealth>(CancellationToken.None);
            await daemon.RebuildProjectionAsync<Alert>(CancellationToken.None);
            await daemon.RebuildProjectionAsync<ModelHistory>(CancellationToken.None);
        }
        await system.UntilIdle();

        Assert.Equal(before, await Snapshot());
        Assert.Equal(published, await Published());
    }

    private async Task<List<string>> Snapshot()
    {
        var documents = new List<string>();
        foreach (var table in Documents)
        {
            await using var command = system.Database("health").CreateCommand(
                $"select id || ' ' || data::text from health.{table} order by id");
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                documents.Add(rows.GetString(0));
        }
        return documents;
    }

    private async Task<string> Published()
    {
        using var ops = system.Client("health", "ops");
        using var idle = System.Text.Json.JsonDocument.Parse(await ops.GetStringAsync("/dev/idle"));
        return idle.RootElement.GetProperty("published").ToString();
    }
}
