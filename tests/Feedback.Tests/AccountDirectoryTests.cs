using CsPlatform.AccountDirectory;
using CsPlatform.Contracts.Accounts.V1;
using Npgsql;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests;

/// <summary>What a service keeps of accounts, here Feedback.</summary>
[Collection(nameof(RunningFeedback))]
public sealed class AccountDirectoryTests(FeedbackSystem system)
{
    private static readonly DirectoryTable Directory = new("feedback");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repeats_and_wrong_order_leave_the_same_entry()
    {
        await using var connection = await system.Database("feedback").OpenConnectionAsync(Stop);
        var random = new Random(7);
        for (var run = 0; run < 50; run++)
        {
            var account = NewId();
            Func<Task>[] told =
            [
                () => Directory.Write(
                    connection, new AccountRegistered(account, new("Old", Tier: "vip"), 1, At(Now)), Stop),
                () => Directory.Write(connection, new AccountDetailsCorrected(account, new("New"), 4, At(Now)), Stop),
                () => Directory.Write(connection, new ExternalKeyLinked(account, "crm", "1", 2, At(Now)), Stop),
                () => Directory.Write(connection, new ExternalKeyLinked(account, "crm", "2", 5, At(Now)), Stop),
                () => Directory.Write(connection, new ExternalKeyLinked(account, "billing", "b", 3, At(Now)), Stop),
                () => Directory.Write(connection, new CsmAssigned(account, "anna", 6, At(Now)), Stop),
                () => Directory.Write(connection, new CsmAssigned(account, "bert", 8, At(Now)), Stop),
                () => Directory.Write(connection, new StageEntered(account, "trial", 7, At(Now)), Stop),
                () => Directory.Write(connection, new StageEntered(account, "adoption", 9, At(Now)), Stop),
            ];
            var order = told.Concat(told).ToArray();
            random.Shuffle(order);
            foreach (var tell in order)
                await tell();

            Assert.Equal(
                """true|New||4|bert|8|adoption|9|{"crm": "2", "billing": "b"}""", await RowAsync(connection, account));
        }
    }

    [Fact]
    public async Task What_comes_before_the_registration_waits_for_it()
    {
        var account = NewId();
        await system.PublishAsync(new CsmAssigned(account, "anna", 2, At(Now)));
        await Eventually.HoldsAsync(async () => await system.Database("feedback").CreateCommand(
            $"select 1 from feedback.account_directory where account_id = '{account}'")
                .ExecuteScalarAsync(Stop) is not null);
        Assert.Equal(HttpStatusCode.NotFound, (await system.Post(Body(account, "nps", 9))).StatusCode);

        await system.PublishAsync(new AccountRegistered(account, new("Example"), 1, At(Now)));

        await Eventually.HoldsAsync(async () =>
            (await system.Csm.GetAsync($"/v1/accounts/{account}/feedback", Stop)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Writing_is_held_to_the_book_that_the_directory_names()
    {
        var account = await system.RegisteredAccount();
        Assert.Equal(HttpStatusCode.Created, (await system.Post(Body(account, "nps", 9))).StatusCode);

        await system.PublishAsync(new CsmAssigned(account, "somebody else", 2, At(Now)));

        await Eventually.HoldsAsync(async () =>
            (await system.Post(Body(account, "nps", 9))).StatusCode == HttpStatusCode.Forbidden);
    }

    private static async Task<string?> RowAsync(NpgsqlConnection connection, Guid account)
    {
        await using var read = new NpgsqlCommand("""
            select concat_ws('|', registered::text, name, coalesce(tier, ''), details_version, csm_id, csm_version,
              stage,
              stage_version, external_ids) from feedback.account_directory where account_id = $1
            """, connection) { Parameters = { new() { Value = account } } };
        return (string?)await read.ExecuteScalarAsync(Stop);
    }
}
