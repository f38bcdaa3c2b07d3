using CsPlatform.Reliability.Tests.Crashes;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests;

/// <summary>
/// Without any fault the oracle finds nothing; it does find what a test changed behind the platform's back.
/// </summary>
[Collection(nameof(FaultsSystem))]
public sealed class StillTests(FaultsSystem system)
{
    [Fact]
    public async Task All_promises_hold_where_nothing_goes_wrong()
    {
        var season = new Season(system, seed: 1, "still");
        await season.RunAsync();

        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();
        Assert.Equal(0, season.Unanswered);
    }

    [Fact]
    public async Task The_same_life_told_in_another_order_has_the_same_score()
    {
        var life = new AccountLife(system);
        await using var load = new UsageLoad(system);
        var use = UsagePlan.Make(seed: 11, "order", ["crm/order-1"], system.Now, days: 30);
        Guid[] customers = [await life.RegisterAsync("order-1"), await life.RegisterAsync("order-2")];

        await load.SendAsync(use);
        await life.AnswerAsync(customers[0], 4);
        await life.SignAsync(customers[0], 75);
        await life.SignAsync(customers[1], 75);
        await life.AnswerAsync(customers[1], 4);
        await load.SendAsync(use.By("crm/order-2").OverTheOtherTransport());
        await system.UntilAtRestAsync();

        var scores = await Task.WhenAll(customers.Select(ScoreAsync));
        Assert.NotNull(scores[0]);
        Assert.Equal(scores[0], scores[1]);

        async Task<string?> ScoreAsync(Guid customer)
        {
            await using var command = system.Database("health").CreateCommand(
                "select score || ' ' || coverage || ' ' || band from health.account_fact where account_id = $1");
            command.Parameters.Add(new() { Value = customer });
            return await command.ExecuteScalarAsync() as string;
        }
    }

    [Fact]
    public async Task A_figure_changed_behind_its_back_is_seen()
    {
        await using var connection = await system.Database("engagement").OpenConnectionAsync();
        await ChangeAsync(+1);
        var verdict = await new ReliabilityOracle(system).JudgeAsync();
        await ChangeAsync(-1);

        Assert.True(verdict.Breaks(Promise.Folded));
        (await new ReliabilityOracle(system).JudgeAsync()).AssertHolds();

        async Task ChangeAsync(int by)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                update engagement.account_day set events = events + ({by})
                 where (account_id, day) = (select account_id, day from engagement.account_day order by 1, 2 limit 1)
                """;
            await command.ExecuteNonQueryAsync();
        }
    }
}
