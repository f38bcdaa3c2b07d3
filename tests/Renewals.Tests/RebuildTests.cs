using System.Text.Json.Nodes;
using CsPlatform.Backbone;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;
using JasperFx;
using Marten;
using V1 = CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Renewals.Tests;

[Collection(nameof(RunningRenewals))]
public sealed class RebuildTests(RenewalsSystem system)
{
    [Fact]
    public async Task Rebuilt_read_models_equal_the_live_ones_and_nothing_is_published()
    {
        await system.MoveClockTo("2026-12-01");
        var accountId = await system.RegisteredAccount();
        await system.SignedContract(accountId, "2026-12-31");
        await system.Sweep();
        await system.SignedContract(accountId, "2027-12-31");
        await system.Idle();
        var (live, told) = (await ReadModels(), Told());

        var options = EventStore.Options("renewals", EventModel.Configure, TimeProvider.System);
        options.Connection(system.Platform.ConnectionString("renewals")); // with the rights of the service
        options.AutoCreateSchemaObjects = AutoCreate.None;
        using (var store = new DocumentStore(options))
        using (var daemon = await store.BuildProjectionDaemonAsync())
        {
            await daemon.RebuildProjectionAsync<Contract>(TestContext.Current.CancellationToken);
            await daemon.RebuildProjectionAsync<Renewal>(TestContext.Current.CancellationToken);
        }

        Assert.NotEmpty(live);
        Assert.Equal(live, await ReadModels());
        await system.Idle();
        Assert.Equal(told, Told());
    }

    [Fact]
    public async Task What_commands_decide_from_is_listed_and_not_made_anew_while_the_service_runs()
    {
        var stop = TestContext.Current.CancellationToken;
        var models = (await system.Ops.GetFromJsonAsync<JsonNode>("/v1/read-models", stop))!["items"]!.AsArray();

        Assert.Equal(2, models.Count);
        foreach (var model in models)
        {
            using var answer = await system.Ops.PostAsync($"/v1/read-models/{model!["name"]}/rebuild", null, stop);
            var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(stop);
            Assert.Equal((409, "read-model-inline"), ((int)answer.StatusCode, (string?)problem!["code"]));
            Assert.Equal(
                (false, 0, "follows"), ((bool)model["online"]!, (long)model["behind"]!, (string?)model["state"]));
        }
    }

    private int Told() =>
        system.Messages.Of<V1.ContractSigned>().Count + system.Messages.Of<V1.RenewalOpened>().Count;

    private async Task<List<string>> ReadModels()
    {
        await using var command = system.Database("renewals").CreateCommand("""
            select 'contract ' || id || mt_version || data::text from renewals.mt_doc_contract
            union all select 'renewal ' || id || mt_version || data::text from renewals.mt_doc_renewal order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
