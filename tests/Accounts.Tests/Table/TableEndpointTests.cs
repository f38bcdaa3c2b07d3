using System.Text.Json.Nodes;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Table;

[Collection("One service, one test at a time")]
public class TableEndpointTests(AccountsSystem system)
{
    [Theory]
    [InlineData("asOf=2026-01-31", 400, "invalid")]
    [InlineData("asOf=2026-01-31T12:00:00", 400, "invalid")]
    [InlineData("asOf=2026-13-31T12:00:00Z", 400, "invalid")]
    [InlineData("asOf=2999-01-01T00:00:00Z", 400, "invalid")]
    [InlineData("asOf=2001-01-01T00:00:00Z", 404, "account-unknown")]
    [InlineData("version=0", 400, "invalid")]
    [InlineData("version=-1", 400, "invalid")]
    [InlineData("version=1.5", 400, "invalid")]
    [InlineData("version=99999999999999999999", 400, "invalid")]
    [InlineData("version=2", 404, "version-unknown")]
    [InlineData("version=1&asOf=2026-01-31T12:00:00Z", 400, "invalid")]
    public async Task A_moment_that_is_none_is_refused(string query, int status, string code)
    {
        var id = await system.RegisterAsync();

        await RefusedAsync(system.ReadAsync($"/v1/accounts/{id}?{query}"), status, code);
    }

    [Theory]
    [InlineData("after=e30")]
    [InlineData("stage=Prospect")]
    [InlineData("stage=0")]
    [InlineData("tier=gold")]
    [InlineData("band=blue")]
    public Task A_list_query_that_is_none_is_refused(string query) =>
        RefusedAsync(system.ReadAsync($"/v1/accounts?{query}"), 400, "invalid");

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat()
    {
        var mark = Unique("Page");
        string[] names = ["%b", "_a", "Ä", "a", "B", "c", "c", "'; --"];
        foreach (var name in names)
            await system.RegisterAsync(new { details = new { name = $"{mark} {name}" } });
        await Eventually.HoldsAsync(async () => (await ListAsync($"?search={mark}")).Count == names.Length);

        List<JsonNode> seen = [];
        var after = "";
        do
        {
            var page = await system.GetAsync($"/v1/accounts?search={mark}&limit=3{after}");
            seen.AddRange(page["items"]!.AsArray().Select(i => i!));
            after = page["next"] is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);

        Assert.Equal(
            (await ListAsync($"?search={mark}")).Select(i => Text(i, "accountId")),
            seen.Select(i => Text(i, "accountId")));
        Assert.Equal(names.Length, seen.DistinctBy(i => Text(i, "accountId")).Count());
        Assert.Single(await ListAsync($"?search={Uri.EscapeDataString($"{mark} %")}"));
        Assert.Single(await ListAsync($"?search={Uri.EscapeDataString($"{mark} _")}"));
    }

    [Fact]
    public async Task Side_states_are_found_as_stages()
    {
        var mark = Unique("Side");
        var id = await system.RegisterAsync(new { details = new { name = mark } });
        await DoneAsync(system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "adoption" }));
        await DoneAsync(system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "escalation" }));
        await Eventually.PassesAsync(async () =>
        {
            Assert.Single(await ListAsync($"?search={mark}&stage=escalation"));
            Assert.Single(await ListAsync($"?search={mark}&stage=adoption"));
        });

        await DoneAsync(system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "churned" }));
        await Eventually.PassesAsync(async () =>
        {
            Assert.Single(await ListAsync($"?search={mark}&stage=churned"));
            Assert.Empty(await ListAsync($"?search={mark}&stage=adoption"));
        });
        await RefusedAsync(
            system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "escalation" }), 409, "account-churned");
    }

    private Task<List<JsonNode>> ListAsync(string query) => system.ItemsAsync($"/v1/accounts{query}");
}
