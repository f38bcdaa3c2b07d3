using System.Text.Json.Nodes;
using CsPlatform.Contracts.Engagement.V1;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Contracts.Renewals.V1;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests.Figures;

[Collection("One service, one test at a time")]
public sealed class FigureHearingTests(AccountsSystem system)
{
    private static readonly DateTimeOffset Today =
        new(TimeProvider.System.GetUtcNow().Date.AddHours(1), TimeSpan.Zero);

    [Fact]
    public async Task What_came_with_the_highest_version_stands_in_whatever_order_it_came_and_however_often()
    {
        var id = await system.RegisterAsync();
        var other = await system.RegisterAsync();
        foreach (var version in (long[])[2, 1, 3, 2, 3, 1])
            await TellAsync(Health(version, id, 40 + version), Use(version, id, (int)version), Contracts(version, id));
        await TellAsync(Health(1, other, 90));

        await Eventually.PassesAsync(async () =>
        {
            var figures = await FiguresAsync(id);
            Assert.Equal(
                ("43.0", "yellow", "3", "2027-03-31", "2026-12-31", "true"),
                (Shown(figures, "score"), Shown(figures, "band"), Shown(figures, "activeDays"),
                    Shown(figures, "nextEndsOn"), Shown(figures, "noticeOn"), Shown(figures, "renewalOpen")));
            Assert.Equal("""[{"measure":"active-days","points":12.5}]""", figures["drivers"]!.ToJsonString());
            Assert.Equal("""[{"amount":"1200.50","currency":"EUR"}]""", figures["annualAmounts"]!.ToJsonString());
            Assert.Equal("90.0", Shown(await FiguresAsync(other), "score"));
        });
    }

    [Fact]
    public async Task Figures_of_an_account_that_is_not_registered_yet_wait_for_it()
    {
        var id = NewId();
        await TellAsync(Health(1, id, 55));
        await system.RegisterAsync(new { accountId = id, details = new { name = "Told of before" } });

        await Eventually.PassesAsync(async () => Assert.Equal("55.0", Shown(await FiguresAsync(id), "score")));
    }

    [Fact]
    public async Task A_moment_is_shown_with_the_figures_of_the_last_day_that_stood_by_then()
    {
        var id = await system.RegisterAsync();
        var now = TimeProvider.System.GetUtcNow();
        (decimal Score, double Days)[] told = [(80, -3), (60, -2), (50, -1.9), (30, 0.1)];
        foreach (var (i, (score, days)) in told.Index())
        {
            await TellAsync(Health(i + 1, id, score, now.AddDays(days)));
            await Eventually.PassesAsync(async () =>
                Assert.Equal($"{score}.0", Shown(await FiguresAsync(id), "score")));
        }

        var then = await system.GetAsync($"/v1/accounts/{id}?version=1");

        Assert.Equal("50.0", Shown(then["figures"]!, "score")); // what was told for a later time is none of it
    }

    [Fact]
    public async Task A_list_is_filtered_by_what_was_told_and_a_rebuild_of_the_table_loses_none_of_it()
    {
        var mark = Unique("Told");
        var id = await system.RegisterAsync(new { details = new { name = mark } });
        await system.RegisterAsync(new { details = new { name = mark } });
        await TellAsync(Health(1, id, 43));
        await Eventually.PassesAsync(async () => Assert.Single(await ListAsync()));
        var before = (await ListAsync())[0].ToJsonString();

        using var ops = system.Client("accounts", Roles.Ops);
        Assert.Equal(
            HttpStatusCode.Accepted,
            await StatusAsync(SendAsync(ops, HttpMethod.Post, "/v1/read-models/AccountRow/rebuild")));
        await Eventually.HoldsAsync(async () =>
        {
            var models = await AnswerAsync(SendAsync(ops, HttpMethod.Get, "/v1/read-models"));
            var model = models["items"]!.AsArray().Single(m => Text(m!, "name") == "AccountRow")!;
            return Text(model, "state") == "follows" && Text(model, "rebuiltAt") is not null;
        });

        Assert.Equal(before, (await ListAsync())[0].ToJsonString());

        Task<List<JsonNode>> ListAsync() => system.ItemsAsync($"/v1/accounts?search={mark}&band=yellow");
    }

    [Fact]
    public async Task Two_people_edit_an_account_while_five_services_tell_of_it_and_only_each_other_stands_in_their_way()
    {
        var id = await system.RegisterAsync();
        using var end = new CancellationTokenSource();
        var told = Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TellOfAsync(id, end.Token)));

        await Task.WhenAll(EditAsync("anna"), EditAsync("bo"));
        await end.CancelAsync();
        var milestones = (await told).Sum();

        await Eventually.PassesAsync(async () => Assert.Equal(
            1 + 40 + milestones, (await system.GetAsync($"/v1/accounts/{id}"))["version"]!.GetValue<int>()));
        Assert.True(milestones > 0);
        using var read = await system.ReadAsync($"/v1/accounts/{id}");
        Assert.Equal("\"41\"", read.Headers.ETag!.Tag); // each edit took effect once, on what its editor had read

        async Task EditAsync(string who)
        {
            for (var edit = 0; edit < 20; edit++)
                while (!await IsTakenAsync($"{who}-{edit}"))
                    ;
        }

        async Task<bool> IsTakenAsync(string csmId)
        {
            using var seen = await system.ReadAsync($"/v1/accounts/{id}");
            using var answer = await system.PutAsync($"/v1/accounts/{id}/csm", new { csmId }, seen.Headers.ETag!.Tag);
            if (answer.StatusCode == HttpStatusCode.OK)
                return true;
            Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
            using var now = await system.ReadAsync($"/v1/accounts/{id}");
            Assert.NotEqual(seen.Headers.ETag!.Tag, now.Headers.ETag!.Tag); // somebody else's edit, no milestone
            return false;
        }
    }

    private async Task<int> TellOfAsync(Guid id, CancellationToken end)
    {
        var told = 0;
        while (!end.IsCancellationRequested)
        {
            await system.PublishAsync(new RenewalOpened(
                NewId(), NewId(), id, new(2027, 3, 31), new Money(1m, "EUR"), Today), NewId());
            told++;
            await system.GetAsync($"/v1/accounts/{id}"); // at the pace of five services, not of a flood
        }
        return told;
    }

    private async Task TellAsync(params object[] notices)
    {
        foreach (var notice in notices)
            await system.PublishAsync(notice, NewId());
    }

    private static string? Shown(JsonNode node, string member) => node[member]?.ToString();

    private async Task<JsonObject> FiguresAsync(Guid id) =>
        (await system.GetAsync($"/v1/accounts/{id}"))["figures"]!.AsObject();

    private static HealthFiguresChanged Health(long version, Guid id, decimal score, DateTimeOffset? asOf = null) => new(
        [new(id, score, 0.9m, "yellow", [new("active-days", 12.5m)])], asOf ?? Today, version);

    private static UseFiguresChanged Use(long version, Guid id, int days) =>
        new([new(id, days, 2, new(2026, 11, 1))], Today, version);

    private static ContractFiguresChanged Contracts(long version, Guid id) => new(
        [new(id, [new Money(1200.50m, "EUR")], 12, new(2027, 3, 31), new(2026, 12, 31), true)], Today, version);
}
