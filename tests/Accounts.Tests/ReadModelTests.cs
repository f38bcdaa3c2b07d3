using System.Text.Json.Nodes;
using CsPlatform.Contracts.Accounts.V1;
using Npgsql;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests;

[Collection("One service, one test at a time")]
public sealed class ReadModelTests(AccountsSystem system)
{
    private const int Gate = 4713;

    [Fact]
    public async Task Rebuilt_under_load_they_equal_those_of_a_rebuild_at_rest_and_nothing_is_told_again()
    {
        var before = await LifeAsync();
        var damaged = await DamageAsync(before);
        using var end = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(end.Token)));

        foreach (var name in await NamesAsync())
            Assert.Equal(HttpStatusCode.Accepted, await AskAsync(name));
        await NoneIsAskedForAsync();
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync((await NamesAsync())[0]));
        await NoneIsAskedForAsync();
        await end.CancelAsync();
        var during = (await load).SelectMany(ids => ids).ToList();
        await CaughtUpAsync();

        var live = await RowsAsync();
        Assert.NotEmpty(during);
        Assert.DoesNotContain(live, row => damaged.Contains(row));
        await system.StopAsync("accounts");
        await system.Platform.RebuildAsync(["accounts"], TestContext.Current.CancellationToken);
        await system.RestartAsync("accounts");
        Assert.Equal(await RowsAsync(), live);
        Assert.All(await ModelsAsync(), model => Assert.NotNull(model["rebuiltAt"]));

        var marker = await system.RegisterAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(Registrations(marker) == 1)); // all before it are told
        Assert.All([before, .. during], id => Assert.Equal((id, 1), (id, Registrations(id))));
    }

    [Fact]
    public async Task Killed_in_the_middle_it_is_finished_by_the_next_leader()
    {
        var account = await LifeAsync();
        await CaughtUpAsync();
        var rows = await RowsAsync();
        const string Table = "AccountRow";
        await using var gate = await system.Database("accounts")
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync($"""
            select pg_advisory_lock({Gate});
            create function accounts.wait_at_the_gate() returns trigger language plpgsql security definer as $$
            begin perform pg_advisory_xact_lock_shared({Gate}); return new; end $$;
            create trigger gate before insert on accounts.mt_doc_account_row
              for each row execute function accounts.wait_at_the_gate();
            """);
        try
        {
            Assert.Equal(HttpStatusCode.Accepted, await AskAsync(Table));
            await Eventually.HoldsAsync(async () => Text(await ModelAsync(Table), "state") == "rebuilding");
            Assert.True((await ModelAsync(Table))["behind"]!.GetValue<long>() > 0);
            Assert.DoesNotContain(await RowsAsync(), row => row.Contains("row ", StringComparison.Ordinal));
            await system.KillAsync("accounts");
        }
        finally
        {
            await ExecuteAsync($"select pg_advisory_unlock({Gate}); drop function accounts.wait_at_the_gate() cascade");
        }
        await system.RestartAsync("accounts");

        await CaughtUpAsync();
        Assert.Equal(rows, await RowsAsync());
        Assert.Contains(rows, row => row.Contains($"{account}", StringComparison.Ordinal));

        async Task ExecuteAsync(string sql)
        {
            await using var command = gate.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task A_database_of_before_gets_the_accounts_that_commands_decide_from_and_its_rows_anew()
    {
        var id = await LifeAsync();
        await CaughtUpAsync();
        await system.StopAsync("accounts");
        await using (var owner = NpgsqlDataSource.Create(system.Platform.OwnerConnectionString("accounts")))
        await using (var before = owner.CreateCommand("""
            truncate accounts.mt_doc_account;
            update accounts.mt_doc_account_row set data = data - 'edition';
            """))
            await before.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        for (var run = 0; run < 2; run++)
            await system.Platform.MigrateAsync(["accounts"], TestContext.Current.CancellationToken);
        await system.RestartAsync("accounts");

        using var written = await system.PutAsync($"/v1/accounts/{id}/csm", new { csmId = "bo" }, "\"2\"");
        Assert.Equal((HttpStatusCode.OK, "\"3\""), (written.StatusCode, written.Headers.ETag?.Tag));
        await CaughtUpAsync();
        Assert.All(
            (await RowsAsync()).Where(row => row.StartsWith("row ", StringComparison.Ordinal)),
            row => Assert.Contains("\"edition\"", row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_not_there_is_404() => await RefusedAsync(
        SendAsync(Ops, HttpMethod.Post, "/v1/read-models/nobody/rebuild"), 404, "read-model-unknown");

    private HttpClient Ops => system.Client("accounts", Roles.Ops);

    /// <summary>An account with an event of the kind that an event folded twice would show.</summary>
    private async Task<Guid> LifeAsync()
    {
        var id = await system.RegisterAsync();
        await DoneAsync(system.PostAsync($"/v1/accounts/{id}/external-keys", new { system = "crm", key = $"{id}" }));
        return id;
    }

    private async Task<IReadOnlyList<Guid>> LoadAsync(CancellationToken end)
    {
        List<Guid> ids = [];
        do
            ids.Add(await LifeAsync());
        while (!end.IsCancellationRequested);
        return ids;
    }

    /// <summary>Makes both read models wrong for the account, as an error in their code would.</summary>
    /// <returns>The wrong rows.</returns>
    private async Task<HashSet<string>> DamageAsync(Guid account)
    {
        await CaughtUpAsync();
        var right = await RowsAsync();
        await using var damage = system.Database("accounts").CreateCommand($"""
            update accounts.mt_doc_account_row set data = jsonb_set(data, '{"{details,name}"}', '"wrong"')
              where id = '{account}';
            update accounts.mt_doc_timeline_entry set data = jsonb_set(data, '{"{kind}"}', '"wrong"')
              where account_id = '{account}';
            """);
        await damage.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var wrong = (await RowsAsync()).Except(right).ToHashSet();
        Assert.Equal(3, wrong.Count);
        return wrong;
    }

    private Task<HttpStatusCode> AskAsync(string name) =>
        StatusAsync(SendAsync(Ops, HttpMethod.Post, $"/v1/read-models/{name}/rebuild"));

    private Task NoneIsAskedForAsync() => Eventually.HoldsAsync(
        async () => (await ModelsAsync()).All(m => Text(m, "state") == "follows"), TimeSpan.FromSeconds(60));

    private async Task CaughtUpAsync()
    {
        await NoneIsAskedForAsync();
        await Eventually.HoldsAsync(async () => (await ModelsAsync()).All(m => m["behind"]!.GetValue<long>() == 0));
    }

    private async Task<List<JsonNode>> ModelsAsync() =>
        [.. (await AnswerAsync(SendAsync(Ops, HttpMethod.Get, "/v1/read-models")))["items"]!.AsArray().Select(m => m!)];

    private async Task<JsonNode> ModelAsync(string name) =>
        (await ModelsAsync()).Single(m => Text(m, "name") == name);

    /// <summary>Of those that the daemon keeps.</summary>
    private async Task<List<string>> NamesAsync() =>
        [.. (await ModelsAsync()).Where(m => m["online"]!.GetValue<bool>()).Select(m => Text(m, "name")!)];

    private int Registrations(Guid account) =>
        system.Heard.Count(h => h.Message is AccountRegistered registered && registered.AccountId == account);

    private async Task<List<string>> RowsAsync()
    {
        await using var command = system.Database("accounts").CreateCommand("""
            select 'row ' || id || ' ' || data::text from accounts.mt_doc_account_row
            union all select 'entry ' || id || ' ' || data::text from accounts.mt_doc_timeline_entry order by 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
