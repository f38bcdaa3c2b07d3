using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Feedback.V1;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests.Answers;

[Collection(nameof(RunningFeedback))]
public sealed class CorrectAnswerOverHttpTests(FeedbackSystem system)
{
    private static readonly object Test = new { reason = "Tried the survey out." };

    [Fact]
    public async Task Nought_given_as_a_test_counts_no_more_once_it_is_withdrawn()
    {
        var accountId = await system.RegisteredAccount();
        for (var contact = 1; contact <= 9; contact++)
            await system.Post(Body(accountId, "nps", 10, $"contact-{contact}"));
        var test = await Taken(Body(accountId, "nps", 0, "contact-10"));
        Assert.Equal(80, await Nps(accountId));

        var withdrawn = await Correct(test, "withdraw", Test);

        Assert.Equal((HttpStatusCode.OK, "\"2\""), (withdrawn.StatusCode, withdrawn.Headers.ETag!.Tag));
        Assert.Equal(100, await Nps(accountId));
        var kept = await system.Get($"/v1/answers/{test}");
        Assert.True(kept.GetProperty("withdrawn").GetBoolean());
        var correction = Assert.Single(kept.GetProperty("corrections").EnumerateArray());
        Assert.Equal(
            ("withdrawn", "Tried the survey out."),
            (correction.GetProperty("what").GetString(), correction.GetProperty("reason").GetString()));
        Assert.Equal(At(Now), correction.GetProperty("at").GetDateTimeOffset());
        Assert.NotEqual("feedback", correction.GetProperty("by").GetString());
        await Eventually.HoldsAsync(() => Task.FromResult(
            system.Messages.Of<AnswerWithdrawn>().Contains(new(test, accountId, 2, At(Now)))));
    }

    [Fact]
    public async Task Answer_is_in_the_figures_of_the_account_that_it_was_moved_to()
    {
        var (wrong, right) = (await system.RegisteredAccount(), await system.RegisteredAccount());
        var answer = await Taken(Body(wrong, "nps", 10));

        var moved = await Read(await Correct(answer, "move", To(right)));

        Assert.Equal(right, moved.GetProperty("accountId").GetGuid());
        Assert.Equal(wrong, moved.GetProperty("corrections")[0].GetProperty("fromAccountId").GetGuid());
        Assert.Equal((null, 100), (await Nps(wrong), await Nps(right)));
        await Eventually.HoldsAsync(() => Task.FromResult(system.Messages.Of<AnswerMoved>().Contains(new(
            answer, right, wrong, "contact-1", "nps", 10, new(0, 10, true), At(Now).AddHours(-1), 2, At(Now)))));
    }

    [Fact]
    public async Task List_has_the_newest_first_and_withdrawn_ones_when_asked()
    {
        var accountId = await system.RegisteredAccount();
        var kept = new List<Guid>();
        for (var i = 0; i < 3; i++)
            kept.Add(await Taken(Body(accountId, "nps", 9, $"contact-{i}")));
        var csat = await Taken(Body(accountId, "csat", 4));
        var withdrawn = await Taken(Body(accountId, "nps", 0));
        await Correct(withdrawn, "withdraw", Test);

        Assert.Equal([csat, .. kept.AsEnumerable().Reverse()], await Listed($"{accountId}/answers"));
        Assert.Equal([csat], await Listed($"{accountId}/answers?metric=csat"));
        Assert.Equal(
            [withdrawn, csat, .. kept.AsEnumerable().Reverse()], await Listed($"{accountId}/answers?withdrawn=true"));
        var page = await system.Get($"/v1/accounts/{accountId}/answers?limit=2&withdrawn=true");
        Assert.Equal(
            kept.AsEnumerable().Reverse(),
            await Listed($"{accountId}/answers?withdrawn=true&after={page.GetProperty("next").GetString()}"));
        Assert.NotEqual(JsonValueKind.Null, page.GetProperty("items")[0].GetProperty("withdrawnAt").ValueKind);
    }

    [Fact]
    public async Task Repeats_give_no_event_and_a_stale_version_is_refused()
    {
        var (wrong, right) = (await system.RegisteredAccount(), await system.RegisteredAccount());
        var answer = await Taken(Body(wrong, "nps", 10));

        foreach (var (to, version) in new[] { (right, "\"2\""), (right, "\"2\""), (wrong, "\"3\"") })
            Assert.Equal(version, (await Correct(answer, "move", To(to))).Headers.ETag!.Tag);
        await Refused(Correct(answer, "withdraw", Test, "\"2\""), HttpStatusCode.PreconditionFailed, "version-changed");
        Assert.Equal("\"4\"", (await Correct(answer, "withdraw", Test, "\"3\"")).Headers.ETag!.Tag);
        Assert.Equal("\"4\"", (await Correct(answer, "withdraw", Test)).Headers.ETag!.Tag);
        using var read = await system.Csm.GetAsync($"/v1/answers/{answer}");
        Assert.Equal("\"4\"", read.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Sent_again_a_withdrawn_answer_stays_withdrawn()
    {
        var body = Body(await system.RegisteredAccount(), "nps", 0);
        var answer = await Taken(body);
        await Correct(answer, "withdraw", Test);

        var again = await system.Post(body);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.True((await Read(again)).GetProperty("withdrawn").GetBoolean());
    }

    [Fact]
    public async Task Withdrawn_answer_is_moved_no_more()
    {
        var answer = await Taken(Body(await system.RegisteredAccount(), "nps", 0));
        await Correct(answer, "withdraw", Test);
        await Refused(
            Correct(answer, "move", To(await system.RegisteredAccount())), HttpStatusCode.Conflict, "answer-withdrawn");
    }

    [Fact]
    public async Task Reason_is_required_and_account_and_answer_must_be_known()
    {
        var answer = await Taken(Body(await system.RegisteredAccount(), "nps", 0));

        await Refused(Correct(answer, "withdraw", new { reason = " " }), HttpStatusCode.BadRequest, "invalid");
        await Refused(
            Correct(answer, "withdraw", new { reason = new string('x', 501) }), HttpStatusCode.BadRequest, "invalid");
        await Refused(
            Correct(answer, "move", new { accountId = Guid.Empty, reason = "x" }),
            HttpStatusCode.BadRequest, "invalid");
        await Refused(Correct(answer, "move", To(NewId())), HttpStatusCode.NotFound, "account-unknown");
        await Refused(Correct(NewId(), "withdraw", Test), HttpStatusCode.NotFound, "answer-unknown");
    }

    [Fact]
    public async Task Csm_corrects_within_the_own_book_at_both_ends_and_a_lead_everywhere()
    {
        var (own, others) = (await system.RegisteredAccount(), await system.RegisteredAccount());
        var (stays, goes) = (await Taken(Body(others, "nps", 0)), await Taken(Body(own, "nps", 0)));
        await system.PublishAsync(new CsmAssigned(others, "somebody else", 2, At(Now)));
        await Eventually.HoldsAsync(async () =>
            (await Correct(stays, "withdraw", Test, "\"7\"")).StatusCode == HttpStatusCode.Forbidden);

        await Refused(Correct(stays, "withdraw", Test), HttpStatusCode.Forbidden, "outside-book");
        await Refused(Correct(stays, "move", To(own)), HttpStatusCode.Forbidden, "outside-book");
        await Refused(Correct(goes, "move", To(others)), HttpStatusCode.Forbidden, "outside-book");
        using var lead = system.Client("feedback", Roles.Lead);
        using var moved = await lead.PostAsJsonAsync($"/v1/answers/{goes}/move", To(others));
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        using var collector = system.Client("feedback", Roles.Collector);
        using var refused = await collector.PostAsJsonAsync($"/v1/answers/{goes}/withdraw", Test);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static object To(Guid accountId) => new { accountId, reason = "Wrong link." };

    private async Task<Guid> Taken(Dictionary<string, object?> body)
    {
        Assert.Equal(HttpStatusCode.Created, (await system.Post(body)).StatusCode);
        return (Guid)body["answerId"]!;
    }

    private async Task<HttpResponseMessage> Correct(Guid answer, string verb, object body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/answers/{answer}/{verb}");
        request.Content = JsonContent.Create(body);
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await system.Csm.SendAsync(request);
    }

    private static async Task Refused(Task<HttpResponseMessage> call, HttpStatusCode status, string code)
    {
        using var answer = await call;
        Assert.Equal((status, code), (answer.StatusCode, (await Read(answer)).GetProperty("code").GetString()));
    }

    private async Task<int?> Nps(Guid accountId)
    {
        var nps = (await system.Get($"/v1/accounts/{accountId}/feedback")).GetProperty("nps").GetProperty("value");
        return nps.ValueKind == JsonValueKind.Null ? null : (int)nps.GetDecimal();
    }

    private async Task<IEnumerable<Guid>> Listed(string path) =>
        (await system.Get($"/v1/accounts/{path}")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("answerId").GetGuid());
}
