using CsPlatform.Contracts.Accounts.V1;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests;

/// <summary>An account's registration and what is said of it reach a service in any order, here Feedback.</summary>
[Collection(nameof(RunningFeedback))]
public sealed class NewAccountTests(FeedbackSystem system)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_waits_for_the_registration_that_is_on_its_way()
    {
        var account = NewId();
        var posted = system.Post(Body(account, "nps", 9));
        await TellOfCsm(account);
        Assert.False(posted.IsCompleted);

        await system.PublishAsync(new AccountRegistered(account, new("Example"), 1, At(Now)));

        Assert.Equal(HttpStatusCode.Created, (await posted).StatusCode);
    }

    [Fact]
    public async Task A_book_holds_for_an_account_that_was_waited_for()
    {
        var account = NewId();
        var posted = system.Post(Body(account, "nps", 9));
        await TellOfCsm(account, "somebody else");

        await system.PublishAsync(new AccountRegistered(account, new("Example"), 1, At(Now)));

        Assert.Equal(HttpStatusCode.Forbidden, (await posted).StatusCode);
    }

    [Theory]
    [InlineData(-14, HttpStatusCode.ServiceUnavailable, "account-not-known-yet")]
    [InlineData(14, HttpStatusCode.ServiceUnavailable, "account-not-known-yet")]
    [InlineData(-16, HttpStatusCode.NotFound, "account-unknown")]
    public async Task Client_tries_again_while_the_id_is_new_and_no_longer(
        int madeMinutes, HttpStatusCode status, string code)
    {
        var account = Guid.CreateVersion7(At(Now).AddMinutes(madeMinutes));

        var answer = await system.Post(Body(account, "nps", 9));

        Assert.Equal((status, code), (answer.StatusCode, (await Read(answer)).GetProperty("code").GetString()));
        Assert.Equal(status == HttpStatusCode.ServiceUnavailable, answer.Headers.RetryAfter is not null);
    }

    [Theory]
    [InlineData("ffffffff-ffff-7fff-bfff-ffffffffffff")]
    [InlineData("00000000-0000-7000-8000-000000000001")]
    [InlineData("c56a4180-65aa-42ec-a945-5fd21dec0538")]
    public async Task Id_that_says_no_time_of_ours_is_unknown_for_good(string account) =>
        Assert.Equal(
            "account-unknown",
            (await Read(await system.Post(Body(Guid.Parse(account), "nps", 9)))).GetProperty("code").GetString());

    [Fact]
    public async Task Many_who_wait_for_nobody_hold_up_no_one_else()
    {
        var known = await system.RegisteredAccount();
        var waiting = Enumerable.Range(0, 400).Select(_ => system.Post(Body(NewId(), "nps", 9))).ToList();

        Assert.Equal(HttpStatusCode.Created, (await system.Post(Body(known, "nps", 9))).StatusCode);

        Assert.Contains(waiting, call => !call.IsCompleted);
        Assert.All(await Task.WhenAll(waiting), call => Assert.Equal(HttpStatusCode.NotFound, call.StatusCode));
    }

    /// <summary>Feedback has heard of the account, and not of its registration.</summary>
    private async Task TellOfCsm(Guid account, string? csm = null)
    {
        await system.PublishAsync(new CsmAssigned(account, csm ?? "local", 2, At(Now)));
        await Eventually.HoldsAsync(async () => await system.Database("feedback").CreateCommand(
            $"select 1 from feedback.account_directory where account_id = '{account}'")
                .ExecuteScalarAsync(Stop) is not null);
    }
}
