using System.Text.Json.Nodes;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;
using Npgsql;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Milestones;

[Collection("One service, one test at a time")]
public class MilestoneHearingTests(AccountsSystem system)
{
    private static readonly DateTimeOffset At = new(2026, 2, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly Guid alert = NewId(), contract = NewId();

    [Fact]
    public async Task Each_message_heard_twice_is_one_milestone()
    {
        var id = await system.RegisterAsync();
        var messages = Messages(id);
        for (var delivery = 0; delivery < 2; delivery++)
            foreach (var (messageId, message) in messages)
                await system.PublishAsync(message, messageId);
        var last = NewId();
        await system.PublishAsync(new HealthBandChanged(id, 90, "green", "red", "default", 1, At.AddDays(9)), last);

        await Eventually.PassesAsync(async () =>
        {
            var entries = await system.ItemsAsync($"/v1/accounts/{id}/timeline");
            Assert.Equal([.. messages.Select(m => $"{m.Id}").Append($"{last}").Order()],
                entries.Select(e => Text(e, "messageId")).Where(m => m is not null).Order());
        });
        Assert.Equal(messages.Count + 2, await VersionAsync(id));
        Assert.DoesNotContain(system.Heard, h => messages.Any(m => m.Id == h.Id));
    }

    [Fact]
    public async Task A_milestone_carries_its_own_time_and_the_service_as_author()
    {
        var id = await system.RegisterAsync();
        await system.PublishAsync(new FirstUseSeen(id, At), NewId());

        var entry = await Eventually.GetsAsync(async () =>
            (await system.ItemsAsync($"/v1/accounts/{id}/timeline")).SingleOrDefault(
                e => Text(e, "kind") == "firstUse"));
        Assert.Equal(At, entry["occurredAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal("accounts", Text(entry, "author"));
        Assert.True(entry["recordedAt"]!.GetValue<DateTimeOffset>() > At);
    }

    [Fact]
    public async Task Messages_in_reverse_order_give_the_same_account()
    {
        var (forward, backward) = (await system.RegisterAsync(), await system.RegisterAsync());
        foreach (var (messageId, message) in Messages(forward))
            await SettledAsync(message, messageId, forward);
        foreach (var (messageId, message) in Messages(backward).Reverse())
            await SettledAsync(message, messageId, backward);

        var (one, other) = (
            await system.GetAsync($"/v1/accounts/{forward}"), await system.GetAsync($"/v1/accounts/{backward}"));

        string[] heard = ["openAlerts", "firstUseAt"];
        foreach (var member in heard)
            Assert.Equal(one[member]?.ToJsonString(), other[member]?.ToJsonString());
        Assert.Empty(one["openAlerts"]!.AsArray());
    }

    [Fact]
    public async Task An_answer_that_was_moved_is_a_line_of_both_lives()
    {
        var (from, to) = (await system.RegisterAsync(), await system.RegisterAsync());
        var moved = new AnswerMoved(
            NewId(), to, from, "c-1", "nps", 3, new SurveyScale(0, 10, true), At, 2, At.AddDays(1));
        var message = NewId();
        for (var delivery = 0; delivery < 2; delivery++)
            await system.PublishAsync(moved, message);

        await Eventually.PassesAsync(async () =>
        {
            foreach (var (account, kind, member, other) in ((Guid, string, string, Guid)[])
            [
                (from, "answerMovedAway", "toAccountId", to), (to, "answerMoved", "fromAccountId", from),
            ])
            {
                var entry = Assert.Single(
                    await system.ItemsAsync($"/v1/accounts/{account}/timeline"), e => Text(e, "kind") != "registered");
                Assert.Equal((kind, $"{other}"), (Text(entry, "kind"), Text(entry["text"]!, member)));
            }
        });
    }

    [Fact]
    public async Task A_milestone_of_nobody_is_kept_for_ops_and_starts_no_stream()
    {
        var (nobody, message) = (NewId(), NewId());
        await system.PublishAsync(new FirstUseSeen(nobody, At), message);
        var id = await system.RegisterAsync();
        await system.PublishAsync(new FirstUseSeen(id, At), NewId());

        await Eventually.HoldsAsync(async () => await VersionAsync(id) == 2);
        var failed = await Eventually.GetsAsync(async () => await FailedAsync(message));
        Assert.Contains("No account is registered", Text(failed, "reason"), StringComparison.Ordinal);
        await using var streams = system.Database("accounts").CreateCommand(
            "select count(*) from accounts.mt_streams where id = $1");
        streams.Parameters.Add(new NpgsqlParameter { Value = nobody });
        Assert.Equal(0L, await streams.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        await system.RegisterAsync(new { accountId = nobody, details = new { name = "Now known" } });
        await AcceptedAsync(
            SendAsync(system.Client("accounts", Roles.Ops), HttpMethod.Post, $"/v1/failed-messages/{message}/replay"));
        await Eventually.HoldsAsync(async () => await VersionAsync(nobody) == 2);

        static async Task AcceptedAsync(Task<HttpResponseMessage> call) =>
            Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(call));
    }

    [Fact]
    public async Task A_message_that_fails_again_while_it_is_replayed_stays_listed()
    {
        var (nobody, message) = (NewId(), NewId());
        await system.PublishAsync(new FirstUseSeen(nobody, At), message);
        await Eventually.GetsAsync(async () => await FailedAsync(message));
        await system.RegisterAsync(new { accountId = nobody, details = new { name = "Now known" } });

        await using (var connection = await system.Database("accounts").OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var failing = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            // What the error queue's reader writes, between the message's way back and the note that it was replayed.
            await using var again = new NpgsqlCommand(
                "update accounts.failed_message set failed_at = clock_timestamp(), replayed_at = null where id = $1",
                connection);
            again.Parameters.Add(new NpgsqlParameter { Value = message });
            await again.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var replay = SendAsync(
                system.Client("accounts", Roles.Ops), HttpMethod.Post, $"/v1/failed-messages/{message}/replay");
            await Eventually.HoldsAsync(async () => await VersionAsync(nobody) == 2);
            await failing.CommitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, await StatusAsync(replay));
        }

        Assert.NotNull(await FailedAsync(message));
    }

    [Fact]
    public async Task Replay_of_all_handles_what_can_be_handled_now_and_the_rest_waits_anew()
    {
        var (known, nobody, good, poison) = (NewId(), NewId(), NewId(), NewId());
        await system.PublishAsync(new FirstUseSeen(known, At), good);
        await system.PublishAsync(new FirstUseSeen(nobody, At), poison);
        await Eventually.GetsAsync(async () => await FailedAsync(good));
        var before = await Eventually.GetsAsync(async () => await FailedAsync(poison));
        var failedAt = before["failedAt"]!.GetValue<DateTimeOffset>();
        await system.RegisterAsync(new { accountId = known, details = new { name = "Now known" } });
        var waiting = await FailedAsync();

        var answer = await AnswerAsync(
            SendAsync(system.Client("accounts", Roles.Ops), HttpMethod.Post, "/v1/failed-messages/replay"));

        Assert.Equal(waiting.Count, answer["replayed"]!.GetValue<int>());
        await Eventually.HoldsAsync(async () => await VersionAsync(known) == 2);
        await Eventually.HoldsAsync(async () =>
            (await FailedAsync(poison))?["failedAt"]!.GetValue<DateTimeOffset>() > failedAt);
        Assert.Null(await FailedAsync(good));
    }

    [Fact]
    public async Task A_milestone_that_comes_before_the_registration_is_heard_after_it()
    {
        var id = NewId();
        await system.PublishAsync(new FirstUseSeen(id, At), NewId());
        await system.RegisterAsync(new { accountId = id, details = new { name = "Late" } });

        await Eventually.HoldsAsync(async () => await VersionAsync(id) == 2);
    }

    private IReadOnlyList<(Guid Id, object Message)> Messages(Guid account) =>
    [
        (NewId(), new FirstUseSeen(account, At)),
        (NewId(), new HealthBandChanged(account, 81.5m, "green", null, "default", 1, At)),
        (NewId(), new HealthBandChanged(account, 31.25m, "red", "green", "default", 1, At.AddDays(1))),
        (NewId(), new ChurnRiskRaised(alert, account, "lowHealth", "medium", "Health fell to 31", 1, At.AddDays(1))),
        (NewId(), new ChurnRiskEscalated(alert, account, "lowHealth", "high", 2, At.AddDays(2))),
        (NewId(), new ChurnRiskCleared(alert, account, "lowHealth", "recovered", 3, At.AddDays(3))),
        (NewId(), new ChurnRiskRetracted(contract, account, "usageDrop", "late data", 2, At.AddDays(3))),
        (NewId(), new SurveyAnswered(NewId(), account, "c-1", "nps", 9, new SurveyScale(0, 10, true), At)),
        (NewId(), new ContractSigned(contract, account, new(2025, 4, 1), new(2026, 3, 31), 12, new Money(1200.50m, "EUR"), At)),
        (NewId(), new RenewalOpened(NewId(), contract, account, new(2026, 3, 31), new Money(1200.50m, "EUR"), At.AddDays(4))),
    ];

    private async Task SettledAsync(object message, Guid messageId, Guid account)
    {
        var version = await VersionAsync(account);
        await system.PublishAsync(message, messageId);
        await Eventually.HoldsAsync(async () => await VersionAsync(account) == version + 1);
    }

    private async Task<JsonNode?> FailedAsync(Guid message) =>
        (await FailedAsync()).SingleOrDefault(m => m!["id"]!.GetValue<Guid>() == message);

    private async Task<JsonArray> FailedAsync() => (await AnswerAsync(
        SendAsync(system.Client("accounts", Roles.Ops), HttpMethod.Get, "/v1/failed-messages")))["items"]!.AsArray();

    private async Task<int> VersionAsync(Guid id) =>
        (await system.GetAsync($"/v1/accounts/{id}"))["version"]!.GetValue<int>();
}
