using System.Collections.Concurrent;

namespace CsPlatform.Engagement.Tests.Intake;

/// <summary>What was acknowledged stays, what was not may be sent again: the figures come out exact.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class CrashTests(EngagementSystem system)
{
    [Fact]
    public async Task Kill_in_the_middle_of_a_load_and_resend_loses_and_doubles_nothing()
    {
        const int size = 50, senders = 4;
        var account = await system.RegisterAsync("crm", "crash");
        var (acknowledged, begun) = (new ConcurrentDictionary<int, bool>(), 0);
        var underway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The load ends with the service alone: each sender has a batch in hand when it goes.
        var load = Task.WhenAll(Enumerable.Range(0, senders).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    var batch = Interlocked.Increment(ref begun) - 1;
                    using var response = await system.PostBatchAsync(Batch(batch));
                    response.EnsureSuccessStatusCode();
                    acknowledged[batch] = true;
                    if (acknowledged.Count >= 10)
                        underway.TrySetResult();
                }
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                // Ambiguous: it may be committed without an answer.
            }
        }));
        await Task.WhenAny(underway.Task, load);
        await system.KillAsync("engagement");
        await load;
        await system.RestartAsync("engagement");

        Assert.Equal(begun - senders, acknowledged.Count);
        var stored = await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account);
        Assert.InRange(stored, acknowledged.Count * size, begun * size);
        Assert.Equal(0, stored % size); // a batch is there or not
        Assert.Equal(stored, await system.ScalarAsync<long>(
            "select sum(events)::bigint from engagement.account_day where account_id = $1", account));
        foreach (var batch in Enumerable.Range(0, begun))
        {
            var (accepted, repeated, _, _) = (await system.SendAsync([.. Batch(batch)])).Answer.Counts();
            Assert.Equal(
                acknowledged.ContainsKey(batch) ? (0, size) : (size - repeated, repeated), (accepted, repeated));
        }

        Assert.Equal(begun * size, (await system.DaysAsync(account)).Sum(d => d.Events));
        await system.AssertFiguresEqualFoldAsync();
    }

    [Fact]
    public async Task Deliveries_that_were_in_hand_at_a_kill_count_once()
    {
        const int messages = 400;
        var account = await system.RegisterAsync("crm", "crash-amqp");
        var publishing = Task.WhenAll(Enumerable.Range(0, 4).Select(async part =>
        {
            foreach (var i in Enumerable.Range(0, messages / 4))
                await system.PublishAsync(Sample.Event($"crash-amqp-{part}-{i}", "crm/crash-amqp").ToJsonString());
        }));
        await Eventually.HoldsAsync(async () => await Counted() > 20);
        await system.KillAsync("engagement");
        await publishing;
        await system.RestartAsync("engagement");

        await Eventually.HoldsAsync(async () => await Counted() == messages);
        Assert.Equal(messages, (await system.DaysAsync(account)).Sum(d => d.Events));
        await system.AssertFiguresEqualFoldAsync();

        Task<long> Counted() =>
            system.ScalarAsync<long>("select count(*) from engagement.usage_event where account_id = $1", account);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_accepted_and_nothing_is_lost()
    {
        var account = await system.RegisterAsync("crm", "away");
        await system.WithoutDatabaseAsync(async () =>
        {
            await system.PublishAsync(Sample.Event("away-amqp", "crm/away").ToJsonString());
            using var refused = await system.PostOneAsync(Sample.Event("away-http", "crm/away"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        });

        await Eventually.PassesAsync(async () =>
        {
            using var taken = await system.PostOneAsync(Sample.Event("away-http", "crm/away"));
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        });
        await Eventually.HoldsAsync(async () => await system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = $1", account) == 2);
        Assert.Equal(2, (await system.DaysAsync(account)).Sum(d => d.Events));
    }

    private static IEnumerable<System.Text.Json.Nodes.JsonObject> Batch(int batch) =>
        Enumerable.Range(0, 50).Select(i => Sample.Event($"crash-{batch}-{i}", "crm/crash", user: $"u{i % 5}"));
}
