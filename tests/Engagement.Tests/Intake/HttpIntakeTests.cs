using System.Text;

namespace CsPlatform.Engagement.Tests.Intake;

[Collection(nameof(EngagementSystem))]
public sealed class HttpIntakeTests(EngagementSystem system)
{
    [Fact]
    public async Task One_bad_event_of_500_is_refused_alone()
    {
        var account = await system.RegisterAsync("crm", "http-500");
        var events = Enumerable.Range(
            0, 500).Select(i => Sample.Event($"h500-{i}", "crm/http-500", user: $"u{i % 7}")).ToArray();
        events[250]["time"] = "lunchtime";

        var (status, answer) = await system.SendAsync(events);

        Assert.Equal((HttpStatusCode.MultiStatus, (499, 0, 1, 0)), (status, answer.Counts()));
        var bad = answer.Item(250);
        Assert.Equal(("refused", "time-invalid", "h500-250"), (bad.Text("status"), bad.Text("code"), bad.Text("id")));
        var day = Assert.Single(await system.DaysAsync(account));
        Assert.Equal((499, 7, 499 * 5m), (day.Events, day.ActiveUsers, day.Minutes));
        Assert.Equal(["reports"], day.Features);
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task A_repeat_is_answered_as_such_and_counts_once()
    {
        var account = await system.RegisterAsync("crm", "repeat");
        Assert.Equal((1, 0, 0, 0), (await system.SendAsync(Sample.Event("r1", "crm/repeat"))).Answer.Counts());

        var (status, answer) = await system.SendAsync(
            Sample.Event("r1", "crm/repeat"), Sample.Event("r2", "crm/repeat"), Sample.Event("r2", "crm/repeat"));

        Assert.Equal((HttpStatusCode.Accepted, (1, 2, 0, 0)), (status, answer.Counts()));
        Assert.Equal(2, Assert.Single(await system.DaysAsync(account)).Events);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict()
    {
        var account = await system.RegisterAsync("crm", "conflict");
        await system.SendAsync(Sample.Event("c1", "crm/conflict"));
        var other = Sample.Event("c1", "crm/conflict", minutes: 6);

        using var single = await system.PostOneAsync(other);
        var (status, answer) = await system.SendAsync(
            other, Sample.Event("c1", "crm/conflict"), Sample.Event("c2", "crm/conflict"),
            Sample.Event("c2", "crm/conflict", user: "bob"));

        Assert.Equal(
            (HttpStatusCode.Conflict, "id-reused"), (single.StatusCode, (await single.JsonAsync()).Text("code")));
        Assert.Equal((HttpStatusCode.MultiStatus, (1, 1, 2, 0)), (status, answer.Counts()));
        Assert.Equal(("id-reused", "repeated", "accepted", "id-reused"),
            (answer.Item(0).Text(
                "code"), answer.Item(1).Text("status"), answer.Item(2).Text("status"), answer.Item(3).Text("code")));
        Assert.Equal(10m, Assert.Single(await system.DaysAsync(account)).Minutes);
    }

    [Fact]
    public async Task The_time_of_a_resend_does_not_help_it_past_the_claim()
    {
        await system.RegisterAsync("crm", "resend");
        await system.SendAsync(Sample.Event("rs1", "crm/resend"));
        var (_, answer) = await system.SendAsync(Sample.Event("rs1", "crm/resend", time: "2026-03-02T10:00:00Z"));
        Assert.Equal("id-reused", answer.Item(0).Text("code"));
    }

    [Fact]
    public async Task A_batch_of_which_nothing_is_taken_is_400_with_every_reason()
    {
        var (status, answer) = await system.SendAsync(Sample.Event(subject: "nobody"), Sample.Event(source: "other"));
        Assert.Equal((HttpStatusCode.BadRequest, "nothing-accepted"), (status, answer.Text("code")));
        Assert.Equal(
            ("subject-malformed", "source-not-allowed"), (answer.Item(0).Text("code"), answer.Item(1).Text("code")));
        Assert.StartsWith("urn:csplatform:problem:", answer.Text("type"), StringComparison.Ordinal);
        Assert.NotNull(answer.Text("traceId"));
    }

    [Fact]
    public async Task A_publisher_sends_only_its_own_source()
    {
        await system.RegisterAsync("crm", "own-source");
        using var single = await system.PostOneAsync(Sample.Event("s1", "crm/own-source", source: "other"));
        var (status, _) = await system.SendAsync(
            Sample.Event("s1", "crm/own-source", source: "other"),
            Sample.Event("s1", "crm/own-source", source: "app-2"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.MultiStatus), (single.StatusCode, status));
        Assert.Equal(
            0, await system.ScalarAsync<long>("select count(*) from engagement.usage_source where source = 'other'"));
    }

    [Fact]
    public async Task The_same_id_of_two_sources_is_two_events()
    {
        var account = await system.RegisterAsync("crm", "two-sources");
        await system.SendAsync(
            Sample.Event("x", "crm/two-sources"), Sample.Event("x", "crm/two-sources", source: "app-2"));
        Assert.Equal(2, Assert.Single(await system.DaysAsync(account)).Events);
    }

    [Fact]
    public async Task Late_and_unordered_events_land_on_their_own_day()
    {
        var account = await system.RegisterAsync("crm", "late");
        string[] times = ["2026-03-05T23:59:59.999999Z", "2026-03-03T00:00:00Z", "2026-03-06T00:30:00+01:00",
            "2026-01-15T12:00:00Z"];
        foreach (var (i, time) in times.Index())
            await system.SendAsync(Sample.Event($"late-{i}", "crm/late", time));
        Assert.Equal(
            [("2026-01-15", 1), ("2026-03-03", 1), ("2026-03-05", 2)],
            (await system.DaysAsync(account)).Select(d => ($"{d.Day:yyyy-MM-dd}", d.Events)));
    }

    [Fact]
    public async Task Automation_is_stored_and_counts_as_no_use()
    {
        var account = await system.RegisterAsync("crm", "robots");
        await system.SendAsync(
            Sample.Event("a1", "crm/robots", automation: true), Sample.Event("a2", "crm/robots", user: "ann"));
        Assert.Equal((
            1, 1), Assert.Single(await system.DaysAsync(account)) is var day ? (day.Events, day.ActiveUsers) : default);
        Assert.Equal(2, await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account));
    }

    [Fact]
    public async Task An_account_is_also_known_by_its_own_id()
    {
        var account = await system.RegisterAsync("crm", "by-id");
        await system.SendAsync(Sample.Event(
            "g1", $"account/{account}".ToUpperInvariant().Replace("ACCOUNT", "account", StringComparison.Ordinal)));
        Assert.Equal(1, Assert.Single(await system.DaysAsync(account)).Events);
    }

    [Fact]
    public async Task Binary_mode_is_the_same_event()
    {
        var account = await system.RegisterAsync("crm", "binary");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Content = new StringContent("""{"user":"ann","feature":"reports","minutes":5}""", Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in ((string, string)[])
            [("specversion", "1.0"), ("id", "b1"), ("source", "app"), (
                "type", "com.example.used"), ("subject", "crm/binary"), ("time", "2026-03-01T10:00:00Z")])
            request.Headers.Add($"ce-{name}", value);
        using var binary = await system.Publisher.SendAsync(request, TestContext.Current.CancellationToken);

        var (_, structured) = await system.SendAsync(Sample.Event("b1", "crm/binary"));

        Assert.Equal((HttpStatusCode.Accepted, (1, 0, 0, 0)), (binary.StatusCode, (await binary.JsonAsync()).Counts()));
        Assert.Equal((0, 1, 0, 0), structured.Counts());
        Assert.Equal(5m, Assert.Single(await system.DaysAsync(account)).Minutes);
    }

    [Theory]
    [InlineData("application/json", "{}", 415)]
    [InlineData("application/cloudevents+xml", "<e/>", 415)]
    [InlineData("application/cloudevents-batch+json", "{}", 400)]
    public async Task A_body_is_judged_by_what_it_says_it_is(string contentType, string body, int status)
    {
        using var response = await system.PostAsync(contentType, body);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task An_event_without_time_happened_when_it_came()
    {
        var account = await system.RegisterAsync("crm", "timeless");
        var before = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var (_, first) = await system.SendAsync(Sample.Event("t1", "crm/timeless", time: null));
        var (_, second) = await system.SendAsync(Sample.Event("t1", "crm/timeless", time: null));
        Assert.Equal(((1, 0, 0, 0), (0, 1, 0, 0)), (first.Counts(), second.Counts()));
        Assert.InRange(Assert.Single(await system.DaysAsync(account)).Day, before, before.AddDays(1));
    }
}
