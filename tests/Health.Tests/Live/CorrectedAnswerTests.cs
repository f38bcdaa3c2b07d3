using CsPlatform.Contracts.Feedback.V1;

namespace CsPlatform.Health.Tests.Live;

/// <summary>What Feedback says of answers that were withdrawn or moved, in any order and as often as it likes.</summary>
[Collection(nameof(HealthSystem))]
public sealed class CorrectedAnswerTests(HealthSystem system)
{
    [Fact]
    public async Task A_withdrawn_answer_counts_no_more_and_did_count_when_it_was_not_known_to_be_one()
    {
        var account = await system.Register("withdrawn");
        var (good, test) = (Answer(account, 10, "c1"), Answer(account, 0, "test"));
        await Send(good, test);
        Assert.Equal(50, await Satisfaction(account));
        var before = system.Today;
        await system.Pass(2);

        await Send(new AnswerWithdrawn(test.AnswerId, account, 2, system.Today));

        Assert.Equal(100, await Satisfaction(account));
        var then = await Evidence(account, before.AddHours(1));
        Assert.Equal(50, then.GetProperty("value").GetDecimal());
        Assert.Equal(
            [null, system.Today],
            then.GetProperty("answers").EnumerateArray().OrderByDescending(a => a.GetProperty("score").GetInt32())
                .Select(a => a.GetProperty("withdrawnAt"))
                .Select(at => at.ValueKind == JsonValueKind.Null ? (DateTimeOffset?)null : at.GetDateTimeOffset()));
        Assert.Equal(good.AnswerId, Assert.Single(await Answers(account)).GetProperty("answerId").GetGuid());
        var stored = (await system.Get($"/v1/accounts/{account}/health")).GetProperty("lastStored");
        Assert.Contains(stored.GetProperty("changes").EnumerateArray(),
            change => change.GetProperty("cause").GetString() == "answersCorrected");
    }

    [Fact]
    public async Task A_moved_answer_counts_where_it_belongs()
    {
        var (wrong, right) = (await system.Register("wrong"), await system.Register("right"));
        var answer = Answer(wrong, 0, "c1");
        await Send(answer);
        var before = system.Today;
        await system.Pass(1);

        await Send(Moved(answer, wrong, right, 2));

        Assert.Equal([null, 0], new[] { await Satisfaction(wrong), await Satisfaction(right) });
        Assert.Empty(await Answers(wrong));
        var listed = (await system.Get("/v1/health?limit=1000")).GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("accountId").GetGuid()).ToList();
        Assert.Contains(right, listed);
        Assert.DoesNotContain(wrong, listed);
        var then = Assert.Single((await Evidence(wrong, before.AddHours(1))).GetProperty("answers").EnumerateArray());
        Assert.Equal(system.Today, then.GetProperty("movedAwayAt").GetDateTimeOffset());
        Assert.Empty((await Evidence(right, before.AddHours(1))).GetProperty("answers").EnumerateArray());
    }

    [Fact]
    public async Task Whatever_the_order_and_however_often_it_is_said_the_same_remains()
    {
        var random = new Random(11);
        for (var run = 0; run < 12; run++)
        {
            var (a, b, c) = (
                await system.Register($"a{run}"), await system.Register($"b{run}"), await system.Register($"c{run}"));
            var (back, on, gone) = (Answer(a, 10, "back"), Answer(a, 0, "on"), Answer(a, 0, "gone"));
            object[] told =
            [
                back, Moved(back, a, b, 2), Moved(back, b, a, 3),
                on, Moved(on, a, b, 2), Moved(on, b, c, 3),
                gone, Moved(gone, a, b, 2), new AnswerWithdrawn(gone.AnswerId, b, 3, system.Today),
            ];
            var order = told.Concat(told).ToArray();
            random.Shuffle(order);
            await Send(order);

            Assert.Equal([back.AnswerId], await Ids(a));
            Assert.Empty(await Ids(b));
            Assert.Equal([on.AnswerId], await Ids(c));
            Assert.Equal(
                [100, null, 0], new[] { await Satisfaction(a), await Satisfaction(b), await Satisfaction(c) });
        }
    }

    [Fact]
    public async Task An_answer_that_is_heard_of_after_its_withdrawal_never_counts()
    {
        var account = await system.Register("never");
        var answer = Answer(account, 0, "test");
        await Send(new AnswerWithdrawn(answer.AnswerId, account, 2, system.Today));
        await system.Pass(1);

        await Send(answer);

        foreach (var days in (int[])[-1, 0, 1])
            Assert.Empty((await Evidence(account, system.Today.AddDays(days))).GetProperty("answers").EnumerateArray());
    }

    private SurveyAnswered Answer(Guid account, int score, string contact) => new(
        Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), account, contact, "nps", score, new(0, 10, true),
        system.Today.AddDays(-1));

    private AnswerMoved Moved(SurveyAnswered answer, Guid from, Guid to, long version) => new(
        answer.AnswerId, to, from, answer.ContactId, answer.Metric, answer.Score, answer.Scale, answer.OccurredAt,
        version, system.Today);

    private async Task Send(params object[] messages)
    {
        foreach (var message in messages)
            await system.Send((dynamic)message);
        await system.UntilIdle();
    }

    private async Task<decimal?> Satisfaction(Guid account)
    {
        var health = await system.Get($"/v1/accounts/{account}/health");
        return health.GetProperty("contributions").EnumerateArray()
            .Where(c => c.GetProperty("measure").GetString() == "satisfaction")
            .Select(c => (decimal?)c.GetProperty("value").GetDecimal()).SingleOrDefault();
    }

    private Task<JsonElement> Evidence(Guid account, DateTimeOffset asOf) =>
        system.Get($"/v1/accounts/{account}/health/evidence?measure=satisfaction&asOf={asOf:yyyy-MM-ddTHH:mm:ssZ}");

    private async Task<List<JsonElement>> Answers(Guid account) =>
        [.. (await Evidence(account, system.Today)).GetProperty("answers").EnumerateArray()];

    private async Task<List<Guid>> Ids(Guid account) =>
        (await Answers(account)).ConvertAll(answer => answer.GetProperty("answerId").GetGuid());
}
