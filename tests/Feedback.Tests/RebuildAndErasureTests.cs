using CsPlatform.Backbone;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Feedback.Figures;
using JasperFx;
using Marten;
using static CsPlatform.Feedback.Tests.FeedbackSystem;

namespace CsPlatform.Feedback.Tests;

[Collection(nameof(RunningFeedback))]
public sealed class RebuildAndErasureTests(FeedbackSystem system)
{
    [Fact]
    public async Task Rebuilt_read_model_equals_the_live_one_and_nothing_is_published()
    {
        var accountId = await system.RegisteredAccount();
        await system.Post(Body(accountId, "nps", 10));
        await system.Post(Body(accountId, "csat", 4));
        await Correct(Body(accountId, "nps", 0), "withdraw", new { reason = "A test." });
        await Correct(
            Body(accountId, "nps", 9), "move",
            new { accountId = await system.RegisteredAccount(), reason = "Wrong link." });
        await system.Idle();
        var (live, told) = (await Rows("select id || data::text from feedback.mt_doc_accountanswer"), Told());

        using (var store = StoreAs(system.Platform.ConnectionString("feedback")))
        using (var daemon = await store.BuildProjectionDaemonAsync())
            await daemon.RebuildProjectionAsync<AccountAnswer>(TestContext.Current.CancellationToken);

        Assert.NotEmpty(live);
        Assert.Equal(live, await Rows("select id || data::text from feedback.mt_doc_accountanswer"));
        await system.Idle();
        Assert.Equal(told, Told());
    }

    [Fact]
    public async Task The_privacy_role_masks_an_answer_its_comment_is_gone_everywhere_and_its_number_stays()
    {
        const string Canary = "my canary sings";
        var body = Body(await system.RegisteredAccount(), "nps", 3);
        body["comment"] = Canary;
        var answerId = await Correct(body, "withdraw", new { reason = $"Of {Canary}." });

        using (var store = StoreAs(system.Platform.PrivacyConnectionString("feedback")))
            await store.Advanced.ApplyEventDataMasking(
                masking => masking.IncludeStream(answerId), TestContext.Current.CancellationToken);

        Assert.Equal("***", (await system.Get($"/v1/answers/{answerId}")).GetProperty("comment").GetString());
        Assert.Equal(3, (await system.Get($"/v1/answers/{answerId}")).GetProperty("score").GetInt32());
        Assert.Equal("***", (await system.Get($"/v1/answers/{answerId}"))
            .GetProperty("corrections")[0].GetProperty("reason").GetString());
        foreach (var table in await Rows(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'feedback'"))
            Assert.Empty(await Rows($"select '{table}' from {table} t where t::text like '%{Canary}%'"));
    }

    /// <summary>Takes the answer, and puts it right.</summary>
    private async Task<Guid> Correct(Dictionary<string, object?> body, string verb, object correction)
    {
        var answerId = (Guid)body["answerId"]!;
        (await system.Post(body)).EnsureSuccessStatusCode();
        (await system.Csm.PostAsJsonAsync($"/v1/answers/{answerId}/{verb}", correction)).EnsureSuccessStatusCode();
        return answerId;
    }

    private int Told() => system.Messages.Of<SurveyAnswered>().Count;

    private static DocumentStore StoreAs(string connectionString)
    {
        var options = EventStore.Options("feedback", EventModel.Configure, TimeProvider.System);
        options.Connection(connectionString);
        options.AutoCreateSchemaObjects = AutoCreate.None;
        return new DocumentStore(options);
    }

    private async Task<List<string>> Rows(string sql)
    {
        await using var command = system.Database("feedback").CreateCommand($"{sql} order by 1");
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
