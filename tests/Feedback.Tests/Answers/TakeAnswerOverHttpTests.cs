using CsPlatform.Contracts.Feedback.V1;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests.Answers;

[Collection(nameof(RunningFeedback))]
public sealed class TakeAnswerOverHttpTests(FeedbackSystem system)
{
    [Fact]
    public async Task Answer_is_kept_with_its_comment_and_told_to_others_without()
    {
        var accountId = await system.RegisteredAccount();
        var body = Body(accountId, "ces", 2);
        body["scale"] = new { min = 1, max = 5, higherIsBetter = false };
        body["anchors"] = new { lowest = "very low effort", highest = "very high effort" };
        body["comment"] = "还不错 👍";

        var answer = await system.Post(body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        var kept = await system.Get(answer.Headers.Location!.ToString());
        Assert.Equal("还不错 👍", kept.GetProperty("comment").GetString());
        Assert.Equal("very low effort", kept.GetProperty("anchors").GetProperty("lowest").GetString());
        var answerId = (Guid)body["answerId"]!;
        await Eventually.HoldsAsync(() => Task.FromResult(Told(answerId).Count == 1));
        Assert.Equal(
            new SurveyAnswered(
                answerId, accountId, "contact-1", "ces", 2, new SurveyScale(1, 5, false), At(Now).AddHours(-1)),
            Told(answerId)[0]);
    }

    [Fact]
    public async Task Answer_without_an_id_or_a_time_gets_both()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 9);
        body.Remove("answerId");
        body.Remove("answeredAt");

        var answer = await Read(await system.Post(body));

        Assert.Equal(At(Now), answer.GetProperty("answeredAt").GetDateTimeOffset());
        Assert.Equal(7, answer.GetProperty("answerId").GetGuid().Version);
    }

    [Fact]
    public async Task Same_answer_again_is_answered_with_200_and_told_once()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 9);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => system.Post(body)));

        Assert.Equal(
            [.. Enumerable.Repeat(HttpStatusCode.OK, 7), HttpStatusCode.Created],
            answers.Select(a => a.StatusCode).Order());
        await system.Idle();
        Assert.Single(Told((Guid)body["answerId"]!));
    }

    [Fact]
    public async Task A_collector_may_answer_and_a_publisher_of_usage_may_not()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 9);

        var published = await system.PublisherClient("feedback", "app").PostAsJsonAsync("/v1/answers", body);
        var collected = await system.Client("feedback", Roles.Collector).PostAsJsonAsync("/v1/answers", body);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Created), (published.StatusCode, collected.StatusCode));
    }

    [Fact]
    public async Task Same_id_with_another_score_is_a_conflict()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 9);
        await system.Post(body);
        body["score"] = 8;
        await Refused(body, HttpStatusCode.Conflict, "id-reused");
    }

    [Fact]
    public Task Account_that_nobody_registered_is_unknown() =>
        Refused(Body(NewId(), "nps", 9), HttpStatusCode.NotFound, "account-unknown");

    [Fact]
    public async Task Answer_from_the_future_is_refused()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 9);
        body["answeredAt"] = At(Now).AddMinutes(6);
        await Refused(body, HttpStatusCode.UnprocessableEntity, "answered-in-future");
    }

    [Fact]
    public async Task Members_that_are_wrong_are_named()
    {
        var body = Body(await system.RegisteredAccount(), "csat", 6, "ann@example.com");

        var problem = await Refused(body, HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["contactId", "score"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Theory]
    [InlineData("\"metric\":\"sentiment\"")]
    [InlineData("\"metric\":0")]
    [InlineData("\"score\":9.5")]
    [InlineData("\"score\":\"9\"")]
    [InlineData("\"answeredAt\":\"2026-03-01T10:00:00\"")]
    [InlineData("\"answeredAt\":\"2026-03-01T10:00:00.123456\"")]
    [InlineData("\"answeredAt\":\"2026-03-01\"")]
    [InlineData("\"answeredAt\":1772359200")]
    public async Task What_cannot_be_stored_or_understood_is_a_bad_request(string member)
    {
        var accountId = await system.RegisteredAccount();
        var members = new Dictionary<string, string>
        {
            ["accountId"] = $"\"{accountId}\"",
            ["contactId"] = "\"contact-1\"",
            ["metric"] = "\"nps\"",
            ["score"] = "9",
        };
        var name = member.Split('"')[1];
        members[name] = member[(name.Length + 3)..];

        var answer = await system.Post($"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}"))}}}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid", (await Read(answer)).GetProperty("code").GetString());
    }

    private IReadOnlyList<SurveyAnswered> Told(Guid answerId) =>
        [.. system.Messages.Of<SurveyAnswered>().Where(m => m.AnswerId == answerId)];

    private async Task<JsonElement> Refused(Dictionary<string, object?> body, HttpStatusCode status, string code)
    {
        var answer = await system.Post(body);
        Assert.Equal(status, answer.StatusCode);
        var problem = await Read(answer);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }
}
