using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests.Figures;

[Collection(nameof(RunningFeedback))]
public sealed class GetAccountFeedbackTests(FeedbackSystem system)
{
    [Fact]
    public async Task Figures_count_the_answer_just_taken()
    {
        var accountId = await system.RegisteredAccount();
        await system.Post(Body(accountId, "nps", 10, "ann"));
        await system.Post(Body(accountId, "nps", 6, "bob"));
        await system.Post(Body(accountId, "nps", 9, "eve"));
        await system.Post(Body(accountId, "csat", 4, "ann"));

        var feedback = await system.Get($"/v1/accounts/{accountId}/feedback");

        Assert.Equal(180, feedback.GetProperty("windowDays").GetInt32());
        Assert.Equal(33.3333m, feedback.GetProperty("nps").GetProperty("value").GetDecimal());
        Assert.Equal(3, feedback.GetProperty("nps").GetProperty("n").GetInt32());
        Assert.True(feedback.GetProperty("nps").GetProperty("lowSample").GetBoolean());
        Assert.Equal(100m, feedback.GetProperty("csat").GetProperty("topTwoBoxPercent").GetDecimal());
        Assert.Equal(JsonValueKind.Null, feedback.GetProperty("ces").GetProperty("mean").ValueKind);
    }

    [Theory]
    [InlineData("", 0)]                                                     // 180 days back from now: both
    [InlineData("?windowDays=30", 100)]                                     // the promoter only
    [InlineData("?asOf=2026-01-31T00:00:00Z", -100)]                        // the detractor only
    [InlineData("?asOf=2026-01-31T00:00:00Z&windowDays=10", null)]          // nobody
    [InlineData("?asOf=2026-01-01T13:00:00%2B01:00", -100)]                 // the end of the window counts
    [InlineData("?asOf=2026-01-31T12:00:00Z&windowDays=30", null)]          // its beginning does not
    public async Task Window_ends_at_the_time_asked_for(string query, int? nps)
    {
        var accountId = await system.RegisteredAccount();
        var detractor = Body(accountId, "nps", 2, "ann");
        detractor["answeredAt"] = "2026-01-01T12:00:00Z";
        await system.Post(detractor);
        await system.Post(Body(accountId, "nps", 10, "bob"));

        var feedback = await system.Get($"/v1/accounts/{accountId}/feedback{query}");

        Assert.Equal(nps is { } expected ? $"{expected}" : "null",
            feedback.GetProperty("nps").GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Answer_that_was_stored_before_one_could_be_withdrawn_counts()
    {
        var accountId = await system.RegisteredAccount();
        await system.Post(Body(accountId, "nps", 10));
        await Rewrite(accountId, "data - 'withdrawnAt'");

        Assert.Equal(100, (await system.Get($"/v1/accounts/{accountId}/feedback"))
            .GetProperty("nps").GetProperty("value").GetDecimal());
        Assert.Single(
            (await system.Get($"/v1/accounts/{accountId}/answers")).GetProperty("items").EnumerateArray());
        await Rewrite(accountId, """data || '{"withdrawnAt": null}'"""); // as a rebuild would
    }

    [Theory]
    [InlineData("windowDays=0")]
    [InlineData("windowDays=3651")]
    [InlineData("windowDays=many")]
    [InlineData("asOf=0001-01-01T00:00:00Z")]
    [InlineData("asOf=9999-12-31T23:59:59Z")]
    [InlineData("asOf=yesterday")]
    public async Task Window_that_is_none_is_a_bad_request(string query) =>
        Assert.Equal(
            HttpStatusCode.BadRequest,
            await Status($"/v1/accounts/{await system.RegisteredAccount()}/feedback?{query}"));

    [Fact]
    public async Task Account_or_answer_that_is_not_known_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, await Status($"/v1/accounts/{NewId()}/feedback"));
        Assert.Equal(HttpStatusCode.NotFound, await Status($"/v1/answers/{NewId()}"));
    }

    private async Task Rewrite(Guid accountId, string data)
    {
        await using var rewrite = system.Database("feedback").CreateCommand(
            $"update feedback.mt_doc_accountanswer set data = {data} where account_id = '{accountId}'");
        Assert.Equal(1, await rewrite.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private async Task<HttpStatusCode> Status(string path)
    {
        using var answer = await system.Csm.GetAsync(path);
        return answer.StatusCode;
    }
}
