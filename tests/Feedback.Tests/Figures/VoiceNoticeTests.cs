using CsPlatform.Contracts.Feedback.V1;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests.Figures;

[Collection(nameof(RunningFeedback))]
public sealed class VoiceNoticeTests(FeedbackSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_withdrawals_and_moves_are_told_as_figures_of_the_accounts_that_they_are_of()
    {
        var (first, second) = (await system.RegisteredAccount(), await system.RegisteredAccount());
        await Answer(first, 10, "ann", daysAgo: 3);
        var mistaken = await Answer(first, 0, "test", daysAgo: 1);
        await Answer(first, 0, "long ago", daysAgo: 182);
        await ToldAsync(first, 0m);

        await DoneAsync($"/v1/answers/{mistaken}/withdraw", new { reason = "A test." });
        await ToldAsync(first, 100m);

        var wrong = await Answer(first, 3, "bob", daysAgo: 1);
        await ToldAsync(first, 0m);
        await DoneAsync($"/v1/answers/{wrong}/move", new { accountId = second, reason = "Bob works there." });
        await ToldAsync(first, 100m);
        await ToldAsync(second, -100m);
    }

    /// <summary>What came with the highest version.</summary>
    private Task ToldAsync(Guid account, decimal nps) => Eventually.PassesAsync(() =>
    {
        var told = system.Messages.Of<VoiceFiguresChanged>().OrderByDescending(m => m.Version)
            .SelectMany(m => m.Accounts).FirstOrDefault(a => a.AccountId == account);
        Assert.NotNull(told);
        Assert.Equal(nps, told.Nps);
        return Task.CompletedTask;
    });

    private async Task DoneAsync(string path, object body)
    {
        using var answer = await system.Csm.PostAsJsonAsync(path, body, Stop);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<object> Answer(Guid account, int score, string contact, int daysAgo)
    {
        var body = Body(account, "nps", score, contact);
        body["answeredAt"] = At(Now).AddDays(-daysAgo);
        Assert.Equal(HttpStatusCode.Created, (await system.Post(body)).StatusCode);
        return body["answerId"]!;
    }
}
