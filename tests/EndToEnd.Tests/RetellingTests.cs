namespace CsPlatform.EndToEnd.Tests;

/// <summary>A service that lost, or never had, what others said learns it when they tell it again.</summary>
[Collection(nameof(WholeSystem))]
public sealed class RetellingTests(WholeSystem system)
{
    [Fact]
    public async Task An_empty_directory_is_full_again_and_what_had_its_effect_has_it_once()
    {
        await system.NextMondayAsync();
        var account = await system.RegisterAsync("retold-1");
        await system.PostAsync("feedback", "/v1/answers", new
        {
            answerId = WholeSystem.NewId(),
            accountId = account,
            contactId = "contact-1",
            metric = "nps",
            score = 9,
        });
        await system.UntilIdleAsync();
        var full = await DirectoryAsync();
        var timeline = await TimelineAsync(account);
        await using (var empty = system.Database("feedback").CreateCommand("delete from feedback.account_directory"))
            await empty.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await TellAsync("accounts", "feedback");
        await TellAsync("feedback", "accounts");

        await Eventually.PassesAsync(async () => Assert.Equal(full, await DirectoryAsync()));
        await system.UntilIdleAsync();
        Assert.Equal(timeline, await TimelineAsync(account));
        Assert.Contains("surveyAnswered", timeline, StringComparison.Ordinal);
    }

    private async Task TellAsync(string service, string queue)
    {
        using var ops = system.Client(service, Roles.Ops);
        using var answer = await ops.PostAsJsonAsync("/v1/retellings", new { queue });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(async () =>
        {
            var retelling = await ops.GetFromJsonAsync<JsonElement>(answer.Headers.Location);
            Assert.Null(retelling.GetProperty("refusal").GetString());
            return retelling.GetProperty("doneAt").ValueKind == JsonValueKind.String
                && retelling.GetProperty("sent").GetInt64() > 0;
        });
    }

    private async Task<string> TimelineAsync(Guid account) =>
        (await system.GetAsync("accounts", $"/v1/accounts/{account}/timeline")).GetRawText();

    private async Task<List<string>> DirectoryAsync()
    {
        await using var read = system.Database("feedback").CreateCommand(
            "select d::text from feedback.account_directory d order by account_id");
        await using var rows = await read.ExecuteReaderAsync();
        List<string> entries = [];
        while (await rows.ReadAsync())
            entries.Add(rows.GetString(0));
        return entries;
    }
}
