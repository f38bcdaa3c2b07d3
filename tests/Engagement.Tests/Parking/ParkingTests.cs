namespace CsPlatform.Engagement.Tests.Parking;

[Collection(nameof(EngagementSystem))]
public sealed class ParkingTests(EngagementSystem system)
{
    [Fact]
    public async Task A_very_old_event_waits_and_a_replay_counts_it_once()
    {
        var account = await system.RegisterAsync("crm", "old");
        var old = Sample.Event("old-1", "crm/old", "2015-06-01T10:00:00Z");
        var (status, answer) = await system.SendAsync(old);
        Assert.Equal((HttpStatusCode.Accepted, "time-too-old"), (status, answer.Item(0).Text("code")));
        var id = await IdOf("time-too-old", "old-1");
        using (var shown = await system.Ops.GetAsync($"/v1/parked-events/{id}", TestContext.Current.CancellationToken))
            Assert.Equal(old.ToJsonString(), (await shown.JsonAsync()).Text("text"));

        var first = await ReplayAsync(id);
        var second = await ReplayAsync(id);

        Assert.Equal(("counted", "counted"), (first.Text("status"), second.Text("status")));
        Assert.Equal(1, Assert.Single(await system.DaysAsync(account, "2015-06-01", "2015-06-30")).Events);
        Assert.Equal((0, 1, 0, 0), (
            await system.SendAsync(Sample.Event("old-1", "crm/old", "2015-06-01T10:00:00Z"))).Answer.Counts());
    }

    [Fact]
    public async Task A_far_future_event_waits_and_no_replay_hurries_it()
    {
        await system.RegisterAsync("crm", "future");
        await system.SendAsync(Sample.Event("future-1", "crm/future", "2099-06-01T10:00:00Z"));
        var id = await IdOf("time-in-future", "future-1");
        Assert.Equal(("parked", 1), await ReplayAsync(
            id) is var replayed ? (replayed.Text("status"), replayed.Number("replays")) : default);
    }

    [Fact]
    public async Task Replay_by_reason_says_how_many_it_resolved()
    {
        var account = await system.RegisterAsync("crm", "replay-all");
        await system.SendAsync([.. Enumerable.Range(
            0, 5).Select(i => Sample.Event($"ra-{i}", "crm/replay-all", $"2014-01-0{i + 1}T10:00:00Z"))]);
        using var response = await system.Ops.PostAsync(
            "/v1/parked-events/replay?reason=time-too-old", null, TestContext.Current.CancellationToken);
        Assert.True((await response.JsonAsync()).Number("resolved") >= 5);
        Assert.Equal(5, (await system.DaysAsync(account, "2014-01-01", "2014-12-31")).Count);
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task Replay_without_a_reason_tries_all_and_leaves_those_whose_reason_stands()
    {
        var account = await system.RegisterAsync("crm", "replay-any");
        await system.SendAsync(
            Sample.Event("any-old", "crm/replay-any", "2012-01-01T10:00:00Z"),
            Sample.Event("any-future", "crm/replay-any", "2099-01-01T10:00:00Z"));
        using var response = await system.Ops.PostAsync(
            "/v1/parked-events/replay?limit=10000", null, TestContext.Current.CancellationToken);
        var report = await response.JsonAsync();

        Assert.True(report.Number("resolved") >= 1 && report.Number("stillParked") >= 1, $"{report}");
        Assert.Equal(1, Assert.Single(await system.DaysAsync(account, "2012-01-01", "2012-12-31")).Events);
        Assert.Contains(await system.ParkedAsync("time-in-future"), p => p.Text("eventId") == "any-future");
    }

    [Fact]
    public async Task Replays_at_the_same_moment_count_once()
    {
        var account = await system.RegisterAsync("crm", "replay-race");
        await system.SendAsync(Sample.Event("rr", "crm/replay-race", "2013-06-01T10:00:00Z"));
        var id = await IdOf("time-too-old", "rr");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ReplayAsync(id)));
        Assert.Equal(1, await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account));
    }

    [Fact]
    public async Task The_list_pages_by_cursor()
    {
        await system.SendAsync([.. Enumerable.Range(0, 5).Select(i => Sample.Event($"page-{i}", "crm/nobody-yet"))]);
        var seen = new List<long>();
        var next = "";
        do
        {
            using var response = await system.Ops.GetAsync(
                $"/v1/parked-events?reason=unknown-subject&limit=2{next}", TestContext.Current.CancellationToken);
            var page = await response.JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString() is { } cursor ? $"&after={cursor}" : null;
        }
        while (next is not null);

        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal(await system.ScalarAsync<long>("select count(*) from engagement.parked_event where status = 'parked' and reason = 'unknown-subject'"), seen.Count);
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        using var shown = await system.Ops.GetAsync(
            "/v1/parked-events/999999999", TestContext.Current.CancellationToken);
        using var replayed = await system.Ops.PostAsync(
            "/v1/parked-events/999999999/replay", null, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (shown.StatusCode, replayed.StatusCode));
    }

    private async Task<string> IdOf(string reason, string eventId) =>
        (await system.ParkedAsync(reason)).Single(p => p.Text("eventId") == eventId).GetProperty("id").GetRawText();

    private async Task<JsonElement> ReplayAsync(string id)
    {
        using var response = await system.Ops.PostAsync(
            $"/v1/parked-events/{id}/replay", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }
}
