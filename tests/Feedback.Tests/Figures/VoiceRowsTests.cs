using CsPlatform.Feedback.Figures;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests.Figures;

[Collection(nameof(RunningFeedback))]
public sealed class VoiceRowsTests(FeedbackSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Voices_of_several_accounts_are_read_at_once_each_with_its_own_answers()
    {
        var (first, silent, second) = (
            await system.RegisteredAccount(), await system.RegisteredAccount(), await system.RegisteredAccount());
        await Answer(first, "nps", 10, "ann", daysAgo: 3);
        await Answer(first, "nps", 3, "bob", daysAgo: 2);
        await Answer(first, "nps", 9, "bob", daysAgo: 1);
        await Answer(first, "nps", 0, "eve", daysAgo: 182);
        await Answer(second, "csat", 2, "ann", daysAgo: 5);
        await Answer(second, "ces", 6, "ann", daysAgo: 179);
        var mistaken = await Answer(first, "nps", 0, "test", daysAgo: 0);
        (await system.Csm.PostAsJsonAsync($"/v1/answers/{mistaken}/withdraw", new { reason = "A test." }, Stop))
            .EnsureSuccessStatusCode();

        var voices = await Read([first, silent, second], At(Now));

        var none = new VoiceFigure(null, 0, true, null);
        Assert.Equal(
            [
                new(first, new(100m, 2, true, At(Now).AddDays(-1)), none, none),
                new(silent, none, none, none),
                new VoiceFigures(
                    second, none, new(0m, 1, true, At(Now).AddDays(-5)), new(6m, 1, true, At(Now).AddDays(-179))),
            ],
            voices);
        Assert.Equal(
            new(0m, 2, true, At(Now).AddDays(-2)), (await Read([first], At(Now).AddDays(-1.5)))[0].Nps);
    }

    [Fact]
    public async Task Voice_over_http_is_that_of_now()
    {
        var account = await system.RegisteredAccount();
        await Answer(account, "csat", 5, "ann", daysAgo: 1);

        var voice = await system.Get($"/v1/accounts/{account}/voice");

        Assert.Equal(100m, voice.GetProperty("csat").GetProperty("value").GetDecimal());
        Assert.Equal(1, voice.GetProperty("csat").GetProperty("count").GetInt32());
        Assert.Equal(At(Now).AddDays(-1), voice.GetProperty("csat").GetProperty("newestAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, voice.GetProperty("nps").GetProperty("newestAt").ValueKind);
        using var unknown = await system.Csm.GetAsync($"/v1/accounts/{NewId()}/voice", Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<IReadOnlyList<VoiceFigures>> Read(Guid[] accounts, DateTimeOffset asOf)
    {
        await using var connection = await system.Database("feedback").OpenConnectionAsync(Stop);
        return await VoiceRows.Read(connection, accounts, asOf, Stop);
    }

    private async Task<object> Answer(Guid account, string metric, int score, string contact, int daysAgo)
    {
        var body = Body(account, metric, score, contact);
        body["answeredAt"] = At(Now).AddDays(-daysAgo);
        Assert.Equal(HttpStatusCode.Created, (await system.Post(body)).StatusCode);
        return body["answerId"]!;
    }
}
