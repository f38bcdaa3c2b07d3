using CsPlatform.Contracts.Accounts.V1;
using CsPlatform.Contracts.Feedback.V1;
using CsPlatform.Contracts.Renewals.V1;

namespace CsPlatform.Health.Tests.Live;

/// <summary>At least once and in any order: the same facts give the same score.</summary>
[Collection(nameof(HealthSystem))]
public sealed class DeliveryTests(HealthSystem system)
{
    [Fact]
    public async Task Twice_and_backwards_gives_the_same_health()
    {
        var (orderly, disorderly) = (
            Guid.CreateVersion7(system.Today), Guid.CreateVersion7(system.Today.AddMilliseconds(5)));
        await Send(Facts(orderly));
        await Send([.. Facts(disorderly).Concat(Facts(disorderly)).Reverse()]);
        await system.UntilIdle();
        await system.Sweep();

        var (a, b) = (
            await system.Get($"/v1/accounts/{orderly}/health"), await system.Get($"/v1/accounts/{disorderly}/health"));
        foreach (var member in (string[])["name", "score", "band", "coverage", "contributions", "missing"])
            Assert.Equal(a.GetProperty(member).ToString(), b.GetProperty(member).ToString());
        Assert.Equal(
            a.GetProperty("score").GetDecimal(),
            a.GetProperty("contributions").EnumerateArray().Sum(c => c.GetProperty("points").GetDecimal()));
        Assert.Equal("Corrected", a.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_score_opens_down_to_its_facts()
    {
        var accountId = await system.Register("evidence");
        await system.Use(accountId, system.Today);
        await system.UntilIdle();

        var health = await system.Get($"/v1/accounts/{accountId}/health");
        var recency = health.GetProperty("contributions").EnumerateArray().Single(
            c => c.GetProperty("measure").GetString() == "recency");
        var evidence = await system.Get($"/v1/accounts/{accountId}/health/evidence?measure=recency");
        Assert.Equal(recency.GetProperty("measurePoints").GetDecimal(), evidence.GetProperty("points").GetDecimal());
        var day = Assert.Single(evidence.GetProperty("days").EnumerateArray());
        Assert.Equal(12, day.GetProperty("events").GetInt32());
        var history = (await system.Get($"/v1/accounts/{accountId}/health/history")).GetProperty("items");
        Assert.Equal(health.GetProperty("score").GetDecimal(), history[0].GetProperty("score").GetDecimal());
        var all = await All("/v1/health?limit=2");
        Assert.Contains(all, i => i.GetProperty("accountId").GetGuid() == accountId);
        Assert.Equal(
            all.Select(i => i.GetProperty("score").GetDecimal()).Order(),
            all.Select(i => i.GetProperty("score").GetDecimal()));
    }

    [Fact]
    public async Task What_others_say_before_the_account_is_known_waits_for_it()
    {
        var accountId = Guid.CreateVersion7(system.Today.AddMilliseconds(9));
        await system.Use(accountId, system.Today);
        await system.UntilIdle();
        using var viewer = system.Client("health", Roles.Viewer);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.GetAsync($"/v1/accounts/{accountId}/health")).StatusCode);

        await system.Send(new AccountRegistered(accountId, new("Late to be known"), 1, system.Today));
        await system.UntilIdle();

        Assert.True((await system.Get($"/v1/accounts/{accountId}/health")).GetProperty("score").GetDecimal() > 0);
    }

    private async Task<List<JsonElement>> All(string path)
    {
        var items = new List<JsonElement>();
        for (string? next = path; next is not null;)
        {
            var page = await system.Get(next);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString() is { } cursor ? $"{path}&after={cursor}" : null;
        }
        return items;
    }

    private List<object> Facts(Guid accountId) =>
    [
        new AccountRegistered(accountId, new("First"), 1, system.Today),
        new AccountDetailsCorrected(accountId, new("Corrected", Tier: "stable"), 4, system.Today),
        new CsmAssigned(accountId, "usr_1", 2, system.Today),
        new CsmAssigned(accountId, "usr_2", 5, system.Today),
        new StageEntered(accountId, "onboarding", 3, system.Today),
        new StageEntered(accountId, "adoption", 6, system.Today),
        .. Enumerable.Range(1, 5).Select(v => HealthSystem.Day(accountId, system.Today, v, users: v)),
        HealthSystem.Day(accountId, system.Today.AddDays(-1)),
        new SurveyAnswered(
            Derived(accountId, 1), accountId, "c1", "nps", 3, new(0, 10, true), system.Today.AddDays(-3)),
        new SurveyAnswered(
            Derived(accountId, 2), accountId, "c1", "nps", 9, new(0, 10, true), system.Today.AddDays(-2)),
        new ContractSigned(
            Derived(accountId, 3), accountId, On(-300), On(50), 5, new Money(1000, "EUR"), system.Today.AddDays(-300)),
        new RenewalOpened(
            Derived(accountId, 4), Derived(accountId, 3), accountId, On(50), new Money(1000, "EUR"), system.Today),
    ];

    private DateOnly On(int days) => DateOnly.FromDateTime(system.Today.AddDays(days).UtcDateTime);

    private static Guid Derived(Guid accountId, byte n)
    {
        var bytes = accountId.ToByteArray();
        bytes[15] += n;
        return new Guid(bytes);
    }

    private async Task Send(List<object> messages)
    {
        foreach (var message in messages)
            await system.Send((dynamic)message);
    }
}
