using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Import;

[Collection("One service, one test at a time")]
public class ImportAccountsTests(AccountsSystem system)
{
    private readonly string mark = Unique("k");

    [Fact]
    public async Task A_dry_run_gives_the_report_of_the_run_and_saves_nothing()
    {
        var file = $"name,city,tier,csmId,key:crm\nAcme,Berlin,vip,anna,{mark}1\nNamesake,,gold,,{mark}2\n\"open,,,,{mark}3\nBeta,,,,{mark}4\n";

        var dry = await ImportAsync(file, dryRun: true);
        await NoneAsync();
        var run = await ImportAsync(file);

        Assert.Equal(["created", "refused", "refused", "created"], Outcomes(run));
        Assert.Equal(
            ["cell-invalid", "quotes-invalid"],
            run["rows"]!.AsArray().Select(r => Text(r!, "code")).Where(c => c is not null));
        Assert.Equal(
            (2, 0, 0, 2),
            (Count(run, "created"), Count(run, "updated"), Count(run, "unchanged"), Count(run, "refused")));
        dry["dryRun"] = false;
        Assert.Equal(run.ToJsonString(), dry.ToJsonString());
        var acme = await system.GetAsync($"/v1/accounts/{run["rows"]![0]!["accountId"]}");
        Assert.Equal(("Acme", "Berlin", "vip", "anna", $"{mark}1"),
            (Text(acme["details"]!, "name"), Text(acme["details"]!, "city"), Text(acme["details"]!, "tier"),
                Text(acme, "csmId"), Text(acme["externalKeys"]![0]!, "key")));

        async Task NoneAsync()
        {
            var id = dry["rows"]![0]!["accountId"]!.GetValue<Guid>();
            await RefusedAsync(system.ReadAsync($"/v1/accounts/{id}"), 404, "account-unknown");
        }
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing_with_keys_or_without()
    {
        var file = $"name,city,key:crm\nAcme,Berlin,{mark}1\nNo key {mark},Bonn,\n";
        await ImportAsync(file);

        Assert.Equal(["unchanged", "unchanged"], Outcomes(await ImportAsync(file)));
        Assert.Equal(["unchanged", "unchanged"], Outcomes(await ImportAsync(file, dryRun: true)));
    }

    [Fact]
    public async Task Changed_cells_are_listed_old_and_new_and_empty_ones_erase_nothing()
    {
        var first = await ImportAsync($"name,city,plan,csmId,key:crm\nAcme,Berlin,pro,anna,{mark}\n");

        var second = await ImportAsync($"name,city,plan,csmId,key:crm,key:billing\n,Bonn,,bo,{mark},{mark}\n");

        Assert.Equal(["updated"], Outcomes(second));
        Assert.Equal(
            $$"""[{"field":"city","from":"Berlin","to":"Bonn"},{"field":"csmId","from":"anna","to":"bo"},{"field":"key:billing","from":null,"to":"{{mark}}"}]""",
            second["rows"]![0]!["changes"]!.ToJsonString());
        var account = await system.GetAsync($"/v1/accounts/{first["rows"]![0]!["accountId"]}");
        Assert.Equal(("Acme", "Bonn", "pro"), (Text(account["details"]!, "name"), Text(account["details"]!, "city"), Text(account["details"]!, "plan")));
    }

    [Fact]
    public async Task A_second_row_about_an_account_is_refused_by_any_of_its_keys()
    {
        await ImportAsync($"name,key:crm,key:billing\nKnown,{mark}a,{mark}b\n");

        var report = await ImportAsync(
            $"name,key:crm,key:billing\nNew,{mark}1,{mark}2\nNew,,{mark}2\nKnown,{mark}a,\nKnown,,{mark}b\nBoth,{mark}1,{mark}b\n");

        Assert.Equal(["created", "refused", "unchanged", "refused", "refused"], Outcomes(report));
        Assert.Equal(["duplicate-in-file", "duplicate-in-file", "duplicate-in-file"],
            report["rows"]!.AsArray().Select(r => Text(r!, "code")).Where(c => c is not null));
        Assert.Equal("Line 2 is about the same account.", Text(report["rows"]![1]!, "detail"));
    }

    [Fact]
    public async Task Keys_of_two_accounts_and_new_accounts_without_a_name_are_refused()
    {
        await ImportAsync($"name,key:crm\nOne,{mark}1\nTwo,{mark}2\n");

        var report = await ImportAsync($"name,key:crm,key:crm2\nX,{mark}1,\n,{mark}new,\n");
        var torn = await ImportAsync($"name,key:crm,key:billing\nOne,{mark}1,{mark}x\n");
        await ImportAsync($"name,key:billing\nThree,{mark}3\n");
        var both = await ImportAsync($"name,key:crm,key:billing\nOne,{mark}2,{mark}3\n");

        Assert.Equal(["updated", "refused"], Outcomes(report));
        Assert.Equal("name-required", Text(report["rows"]![1]!, "code"));
        Assert.Equal(["updated"], Outcomes(torn));
        Assert.Equal("keys-of-two-accounts", Text(both["rows"]![0]!, "code"));
    }

    [Fact]
    public async Task Two_imports_at_once_create_each_account_once()
    {
        var rows = string.Concat(Enumerable.Range(0, 150).Select(i => $"Account {i},{mark}{i}\n"));

        var reports = await Task.WhenAll(
            ImportAsync("name,key:crm\n" + rows), ImportAsync("name,key:crm\n" + rows + "\n\n"));

        Assert.Equal(150, reports.Sum(r => Count(r, "created")));
        Assert.Equal(300, reports.Sum(r => Count(r, "created") + Count(r, "unchanged") + Count(r, "refused")));
        Assert.All(reports.SelectMany(r => r["rows"]!.AsArray()).Where(r => Text(r!, "outcome") == "refused"),
            r => Assert.Equal("changed-meanwhile", Text(r!, "code")));
    }

    [Fact]
    public async Task Limits_and_types_are_named()
    {
        await RefusedAsync(
            SendAsync("name\n" + string.Concat(Enumerable.Repeat("A\n", 2001))), 413, "csv-too-many-rows");
        await RefusedAsync(SendAsync("name\n" + new string('x', 1_000_001)), 413, "request-too-large");
        await RefusedAsync(SendAsync("name\nA\n", "application/json"), 415, "content-type-unsupported");
        await RefusedAsync(SendAsync("name\nA\n", "text/csv; charset=utf-16"), 415, "csv-encoding");
        await RefusedAsync(SendAsync("colour\nred\n"), 400, "csv-header");
        await RefusedAsync(SendAsync(""), 400, "csv-empty");
    }

    private Task<JsonObject> ImportAsync(string file, bool dryRun = false) =>
        AnswerAsync(SendAsync(file, dryRun: dryRun));

    private Task<HttpResponseMessage> SendAsync(
        string file, string type = "text/csv; charset=utf-8", bool dryRun = false) =>
        AccountsSystem.SendAsync(system.Editor, HttpMethod.Post, $"/v1/accounts/imports?dryRun={(dryRun ? "true" : "false")}",
            new ByteArrayContent(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } });

    private static IEnumerable<string?> Outcomes(JsonObject report) => report["rows"]!.AsArray().Select(
        r => Text(r!, "outcome"));

    private static int Count(JsonObject report, string outcome) => report[outcome]!.GetValue<int>();
}
