using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using JasperFx;
using Marten;
using Npgsql;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Messaging;

[Collection("One service, one test at a time")]
public class OutboxTests(AccountsSystem system)
{
    [Fact]
    public async Task Each_fact_is_published_in_order_under_its_event_id()
    {
        var key = Unique("key");
        var id = await LiveAsync(key);

        await Eventually.HoldsAsync(() => Task.FromResult(Of(id).Count == 5));
        var heard = Of(id);
        Assert.Equal(
            [typeof(AccountRegistered), typeof(ExternalKeyLinked), typeof(AccountDetailsCorrected), typeof(CsmAssigned), typeof(StageEntered)],
            heard.Select(h => h.Message.GetType()));
        Assert.Equal(
            ("crm", key, 2L),
            Assert.IsType<ExternalKeyLinked>(heard[1].Message) is var k ? (k.System, k.Key, k.Version) : default);
        Assert.Equal(
            ("atRisk", 3L),
            Assert.IsType<AccountDetailsCorrected>(heard[2].Message) is var d ? (d.Details.Tier, d.Version) : default);
        Assert.Equal(
            ("firstContact", 5L),
            Assert.IsType<StageEntered>(heard[4].Message) is var s ? (s.Stage, s.Version) : default);
        Assert.Equal(await EventIdsAsync(id), heard.Select(h => h.Id));
    }

    [Fact]
    public async Task Rebuilt_projections_equal_the_live_ones_and_publish_nothing()
    {
        var id = await LiveAsync(Unique("key"));
        await Eventually.HoldsAsync(() => Task.FromResult(Of(id).Count == 5));
        await Eventually.HoldsAsync(async () => (await system.ItemsAsync($"/v1/accounts/{id}/timeline")).Count == 5);
        await system.StopAsync("accounts"); // one daemon at a time
        try
        {
            var live = await DocumentsAsync();
            var published = system.Heard.Count;

            var options = EventStore.Options("accounts", EventModel.Configure, TimeProvider.System);
            options.Connection(system.Platform.ConnectionString("accounts")); // with the rights of the service
            options.AutoCreateSchemaObjects = AutoCreate.None;
            using var store = new DocumentStore(options);
            using var daemon = await store.BuildProjectionDaemonAsync();
            foreach (var projection in store.Options.Projections.AllShards().Select(s => s.Name.Name).Distinct())
                await daemon.RebuildProjectionAsync(projection, TestContext.Current.CancellationToken);

            Assert.Equal(live, await DocumentsAsync());
            Assert.NotEmpty(live);
            await system.RestartAsync("accounts");
            var next = await system.RegisterAsync();
            await Eventually.HoldsAsync(() => Task.FromResult(Of(next).Count == 1));
            Assert.Equal(published + 1, system.Heard.Count);
        }
        finally
        {
            await system.StopAsync("accounts");
            await system.RestartAsync("accounts");
        }
    }

    private async Task<Guid> LiveAsync(string key)
    {
        var id = await system.RegisterAsync(
            new { details = new { name = Unique("Live") }, externalKeys = new[] { new { system = "crm", key } } });
        await DoneAsync(system.PutAsync($"/v1/accounts/{id}/details", new { name = "Live", tier = "atRisk" }));
        await DoneAsync(system.PutAsync($"/v1/accounts/{id}/csm", new { csmId = "bo" }));
        await DoneAsync(system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "firstContact" }));
        return id;
    }

    private List<(Guid Id, object Message)> Of(Guid account) => [.. system.Heard.Where(h => h.Message switch
    {
        AccountRegistered m => m.AccountId,
        AccountDetailsCorrected m => m.AccountId,
        ExternalKeyLinked m => m.AccountId,
        CsmAssigned m => m.AccountId,
        StageEntered m => m.AccountId,
        _ => default,
    } == account)];

    private async Task<List<Guid>> EventIdsAsync(Guid account)
    {
        await using var command = system.Database("accounts").CreateCommand(
            "select id from accounts.mt_events where stream_id = $1 order by version");
        command.Parameters.Add(new NpgsqlParameter { Value = account });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<Guid> ids = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>Every document of both projections, as stored.</summary>
    private async Task<List<string>> DocumentsAsync()
    {
        await using var command = system.Database("accounts").CreateCommand(
            "select data::text from accounts.mt_doc_account_row union all select data::text from accounts.mt_doc_timeline_entry order by 1");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> documents = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            documents.Add(reader.GetString(0));
        return documents;
    }
}
