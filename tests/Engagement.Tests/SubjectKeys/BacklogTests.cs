using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Engagement.Writing;
using Npgsql;

namespace CsPlatform.Engagement.Tests.SubjectKeys;

/// <summary>What was parked for a subject counts once it is known, whatever comes between.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class BacklogTests(EngagementSystem system)
{
    [Fact]
    public async Task What_a_replay_held_and_left_counts_with_the_rest()
    {
        await system.SendAsync(Sample.Event("held-1", "crm/held"), Sample.Event("held-2", "crm/held"));
        Guid account;
        await using (await HoldAsync("select from engagement.parked_event where id = 'held-1' for update"))
            account = await system.RegisterAsync("crm", "held");

        await CountsAsync(account, 2);
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task A_link_that_is_told_again_counts_what_the_first_time_left()
    {
        await system.SendAsync(Sample.Event("left", "crm/left"));
        var account = await KnowAsync("crm/left");

        await LinkAsync(account, "left");

        await CountsAsync(account, 1);
    }

    [Fact]
    public async Task While_a_backlog_is_counted_the_intake_goes_on()
    {
        await system.SendAsync(Sample.Event("long", "crm/long"));
        var neighbour = Enumerable.Range(0, 100_000).Select(i => $"crm/beside-{i}")
            .First(s => SubjectTable.BucketOf(s) == SubjectTable.BucketOf("crm/long"));
        Guid account;
        await using (await HoldAsync("lock table engagement.account_day in share mode"))
        {
            account = await system.RegisterAsync("crm", "long");

            var (status, answer) = await system.SendAsync(Sample.Event("beside", neighbour));

            Assert.Equal((HttpStatusCode.Accepted, (0, 0, 0, 1)), (status, answer.Counts()));
            Assert.Equal(1, await system.ScalarAsync<long>(
                "select count(*) from engagement.parked_event where status = 'parked' and subject = 'crm/long'"));
        }

        await CountsAsync(account, 1);
    }

    [Fact]
    public async Task A_subject_that_is_told_of_two_accounts_stays_the_firsts()
    {
        var first = await KnowAsync("crm/taken");
        await LinkAsync(NewId(), "taken");
        await system.RegisterAsync("crm", "taken-after");
        await system.UntilIdleAsync();

        await system.SendAsync(Sample.Event("taken", "crm/taken"));

        await CountsAsync(first, 1);
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>As another replica leaves it that then dies: the subject is known, nothing of it is counted.</summary>
    private async Task<Guid> KnowAsync(string subject) => await system.ScalarAsync<Guid>(
        "insert into engagement.subject_key (subject, account_id) values ($1, $2) returning account_id", subject,
        NewId());

    private Task LinkAsync(Guid account, string key) =>
        system.TellAsync(new ExternalKeyLinked(account, "crm", key, 2, TimeProvider.System.GetUtcNow()));

    /// <summary>A transaction that has done this, until it is disposed of, and is then rolled back.</summary>
    private async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var connection = await system.Database("engagement").OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"begin; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private Task CountsAsync(Guid account, long events) =>
        Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
        "select count(*) from engagement.usage_event where account_id = $1", account) == events);
}
