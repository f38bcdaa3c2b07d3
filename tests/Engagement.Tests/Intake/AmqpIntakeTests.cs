using System.Text;
using System.Text.Json.Nodes;

namespace CsPlatform.Engagement.Tests.Intake;

[Collection(nameof(EngagementSystem))]
public sealed class AmqpIntakeTests(EngagementSystem system)
{
    [Fact]
    public async Task Single_and_batch_messages_count()
    {
        var account = await system.RegisterAsync("crm", "amqp");
        await system.PublishAsync(Sample.Event("q1", "crm/amqp").ToJsonString());
        await system.PublishAsync(
            new JsonArray(Sample.Event("q2", "crm/amqp", user: "bob"), Sample.Event("q3", "crm/amqp")).ToJsonString());
        await CountsAsync(account, 3);
        Assert.Equal(2, Assert.Single(await system.DaysAsync(account)).ActiveUsers);
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task The_same_event_over_both_transports_counts_once()
    {
        var account = await system.RegisterAsync("crm", "both");
        await system.PublishAsync(Sample.Event("both-1", "crm/both").ToJsonString());
        await CountsAsync(account, 1);
        Assert.Equal((0, 1, 0, 0), (await system.SendAsync(Sample.Event("both-1", "crm/both"))).Answer.Counts());

        Assert.Equal((1, 0, 0, 0), (await system.SendAsync(Sample.Event("both-2", "crm/both"))).Answer.Counts());
        await system.PublishAsync(
            new JsonArray(Sample.Event("both-2", "crm/both"), Sample.Event("both-3", "crm/both")).ToJsonString());
        await CountsAsync(account, 3);
        Assert.Equal(3, await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account));
    }

    [Fact]
    public async Task A_conflict_is_parked_with_its_bytes_and_its_neighbours_count()
    {
        var account = await system.RegisterAsync("crm", "amqp-conflict");
        await system.SendAsync(Sample.Event("ac1", "crm/amqp-conflict"));
        var other = Sample.Event("ac1", "crm/amqp-conflict", minutes: 99);
        await system.PublishAsync(
            new JsonArray(other.DeepClone(), Sample.Event("ac2", "crm/amqp-conflict")).ToJsonString());
        await CountsAsync(account, 2);
        var parked = await FindAsync("id-reused", "ac1");
        Assert.Equal(other.ToJsonString(), parked.Text("text"));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_kept_as_they_are_and_seen_once_however_often_they_come()
    {
        byte[] body = [0xFF, 0x00, 0xFE, 0x7B];
        await system.PublishAsync(body);
        await system.PublishAsync(body);
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select coalesce(sum(seen), 0)::bigint from engagement.parked_event where raw = $1", body) == 2);
        Assert.Equal(
            1, await system.ScalarAsync<long>("select count(*) from engagement.parked_event where raw = $1", body));
    }

    [Fact]
    public async Task A_message_without_user_id_is_parked()
    {
        await system.PublishAsync(Sample.Event("no-user").ToJsonString(), userId: null);
        Assert.Equal("amqp", (await FindAsync("user-id-missing", "no-user")).GetProperty("item").Text("transport"));
    }

    [Fact]
    public async Task A_source_that_is_not_the_users_is_parked()
    {
        await system.PublishAsync(Sample.Event("foreign", source: "somebody-else").ToJsonString());
        var parked = (await FindAsync("source-not-allowed", "foreign")).GetProperty("item");
        Assert.Equal(
            ("somebody-else", system.Platform.AmqpUser("publisher")), (parked.Text("source"), parked.Text("sender")));
    }

    [Fact]
    public async Task The_publishers_trace_goes_on()
    {
        var account = await system.RegisterAsync("crm", "traced");
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await system.PublishAsync(Sample.Event("traced", "crm/traced").ToJsonString(),
            headers: new Dictionary<string, object?>
            {
                ["traceparent"] = Encoding.ASCII.GetBytes(
                $"00-{trace}-00f067aa0ba902b7-01")
            });
        await CountsAsync(account, 1);
        Assert.Contains(trace, await system.ScalarAsync<string>(
            "select traceparent from engagement.account_day where account_id = $1", account), StringComparison.Ordinal);
    }

    private Task CountsAsync(Guid account, int events) => Eventually.HoldsAsync(async () =>
        await system.ScalarAsync<long>(
            "select coalesce(sum(events), 0)::bigint from engagement.account_day where account_id = $1",
            account) == events);

    private async Task<System.Text.Json.JsonElement> FindAsync(string reason, string eventId)
    {
        var id = (string)await Eventually.GetsAsync<object>(async () => (await system.ParkedAsync(reason))
            .Where(p => p.Text("eventId") == eventId).Select(
                p => (object)p.GetProperty("id").GetRawText()).FirstOrDefault());
        using var response = await system.Ops.GetAsync(
            $"/v1/parked-events/{id}", TestContext.Current.CancellationToken);
        return await response.JsonAsync();
    }
}
