using CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Engagement.Tests.SubjectKeys;

[Collection(nameof(EngagementSystem))]
public sealed class UnknownSubjectTests(EngagementSystem system)
{
    [Fact]
    public async Task Events_of_an_unknown_subject_are_kept_and_count_when_it_is_registered()
    {
        var (status, answer) = await system.SendAsync(
            Sample.Event("u1", "crm/unknown"), Sample.Event("u2", "crm/unknown", "2026-03-02T10:00:00Z"),
            Sample.Event("u2", "crm/unknown", "2026-03-02T10:00:00Z"));
        Assert.Equal((HttpStatusCode.Accepted, (0, 1, 0, 2)), (status, answer.Counts()));
        Assert.Equal(("parked", "unknown-subject"), (answer.Item(0).Text("status"), answer.Item(0).Text("code")));

        var account = await system.RegisterAsync("crm", "unknown");
        await system.UntilIdleAsync();

        Assert.Equal([1, 1], (await system.DaysAsync(account)).Select(d => d.Events));
        Assert.DoesNotContain(await system.ParkedAsync("unknown-subject"), p => p.Text("subject") == "crm/unknown");
        Assert.Equal((0, 1, 0, 0), (await system.SendAsync(Sample.Event("u1", "crm/unknown"))).Answer.Counts());
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task Events_of_an_account_that_is_not_heard_of_yet_wait_for_it()
    {
        var account = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        Assert.Equal(
            (0, 0, 0, 1), (await system.SendAsync(Sample.Event("not-yet", $"account/{account}"))).Answer.Counts());
        await system.TellAsync(
            new AccountRegistered(account, new AccountDetails("Later"), 1, TimeProvider.System.GetUtcNow()));
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account) == 1);
    }

    [Fact]
    public async Task Whoever_comes_first_when_event_and_registration_meet_every_event_counts_once()
    {
        const int subjects = 40, each = 6;
        var accounts = Enumerable.Range(
            0, subjects).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToArray();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, subjects), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (s, _) =>
        {
            var sending = Task.WhenAll(Enumerable.Range(0, each).Select(i =>
                system.SendAsync(Sample.Event($"meet-{s}-{i}", $"crm/meet-{s}"), Sample.Event(
                    $"meet-{s}-{i}-b", $"crm/meet-{(s + 1) % subjects}"))));
            var telling = system.TellAsync(
                new ExternalKeyLinked(accounts[s], "crm", $"meet-{s}", 2, TimeProvider.System.GetUtcNow()));
            await Task.WhenAll(sending, telling);
        });

        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = any($1)", accounts) == 2 * subjects * each);
        Assert.Equal(0, await system.ScalarAsync<long>(
            "select count(*) from engagement.parked_event where status = 'parked' and subject like 'crm/meet-%'"));
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task A_link_told_twice_changes_nothing()
    {
        await system.SendAsync(Sample.Event("twice", "crm/twice"));
        var account = await system.RegisterAsync("crm", "twice");
        await system.TellAsync(new ExternalKeyLinked(account, "crm", "twice", 2, TimeProvider.System.GetUtcNow()));
        await system.RegisterAsync("crm", "twice-after");
        await system.UntilIdleAsync();
        Assert.Equal(1, Assert.Single(await system.DaysAsync(account)).Events);
    }
}
