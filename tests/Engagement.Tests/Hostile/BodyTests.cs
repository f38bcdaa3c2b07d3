namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>
/// One table of bad input, given to both transports: what one takes the other takes, and for one reason it is refused.
/// </summary>
[Collection(nameof(EngagementSystem))]
public sealed class BodyTests(EngagementSystem system)
{
    public static TheoryData<string> Tables => [.. HostileBodies.Tables.Keys];

    [Theory, MemberData(nameof(Tables))]
    public async Task Over_HTTP_each_body_is_counted_or_told_why_not(string table)
    {
        var (account, bodies) = await PrepareAsync("http", table);
        await system.SendOverHttpAsync(bodies);
        await AssertFiguresAsync(account, bodies);
    }

    [Theory, MemberData(nameof(Tables))]
    public async Task Over_AMQP_each_body_is_counted_or_parked_with_its_code_and_bytes(string table)
    {
        var (account, bodies) = await PrepareAsync("amqp", table);
        await system.SendOverAmqpAsync(bodies);
        await AssertFiguresAsync(account, bodies);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("amqp")]
    public async Task Even_the_oldest_is_counted_by_a_replay(string transport)
    {
        var (id, subject) = ($"{transport}-oldest", $"crm/{transport}-oldest");
        var account = await system.RegisterAsync("crm", id);
        HostileBody[] oldest = [HostileBody.Single(id, Sample.Event(id, subject, "1970-01-01T00:00:00Z"), "time-too-old")];
        await (transport == "http" ? system.SendOverHttpAsync(oldest) : system.SendOverAmqpAsync(oldest));
        var parked = (await system.ParkedAsync("time-too-old")).Single(p => p.Text("eventId") == id);

        using var replayed = await system.Ops.PostAsync(
            $"/v1/parked-events/{parked.GetProperty("id").GetRawText()}/replay", null,
            TestContext.Current.CancellationToken);

        Assert.Equal("counted", (await replayed.JsonAsync()).Text("status"));
        Assert.Equal(1, Assert.Single(await system.DaysAsync(account, "1970-01-01", "1970-01-01")).Events);
    }

    private async Task<(Guid Account, IReadOnlyList<HostileBody> Bodies)> PrepareAsync(string transport, string table)
    {
        var run = $"{transport}-{table}";
        return (await system.RegisterAsync("crm", run), [.. HostileBodies.Tables[table](new HostileBodies(run))]);
    }

    private async Task AssertFiguresAsync(Guid account, IReadOnlyList<HostileBody> bodies)
    {
        Assert.Equal(bodies.SelectMany(b => b.Items).Count(i => i.Code is null), await system.ScalarAsync<long>(
            "select coalesce(sum(events), 0)::bigint from engagement.account_day where account_id = $1", account));
        await system.AssertFiguresEqualFoldAsync();
    }
}
