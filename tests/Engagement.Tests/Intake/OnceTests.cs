using System.Text.Json.Nodes;
using CsCheck;

namespace CsPlatform.Engagement.Tests.Intake;

/// <summary>An event counts once, whoever sends it how often, in which order and beside what.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class OnceTests(EngagementSystem system)
{
    [Fact]
    public async Task Eight_clients_that_send_the_same_events_at_once_make_them_count_once()
    {
        const int events = 300;
        var accounts = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => system.RegisterAsync("crm", $"eight-{i}")));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            var own = Events().ToArray();
            new Random(client).Shuffle(own);
            var counts = (Accepted: 0, Repeated: 0);
            foreach (var chunk in own.Chunk(50))
            {
                if (client == 7)
                {
                    await system.PublishAsync(new JsonArray([.. chunk]).ToJsonString());
                    continue;
                }

                var (accepted, repeated, refused, parked) = (await system.SendAsync(chunk)).Answer.Counts();
                Assert.Equal((0, 0), (refused, parked));
                counts = (counts.Accepted + accepted, counts.Repeated + repeated);
            }

            return counts;
        }));

        await Eventually.HoldsAsync(async () => await Counted() == events);
        Assert.Equal(7 * events, answers.Sum(a => a.Accepted + a.Repeated));
        Assert.InRange(answers.Sum(a => a.Accepted), 0, events);
        foreach (var account in accounts)
            Assert.Equal(events / 5, (await system.DaysAsync(account)).Sum(d => d.Events));
        await system.AssertFiguresEqualFoldAsync();

        IEnumerable<JsonObject> Events() => Enumerable.Range(0, events).Select(i => Sample.Event(
            $"eight-{i}", $"crm/eight-{i % 5}", $"2026-02-{1 + i % 9:00}T08:00:00Z", user: $"u{i % 13}",
            feature: $"f{i % 4}"));
        Task<long> Counted() => system.ScalarAsync<long>(
            "select count(*) from engagement.usage_event where account_id = any($1)", accounts);
    }

    [Fact]
    public async Task Order_repeats_and_grouping_do_not_matter()
    {
        var genEvent = Gen.Select(
            Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 600], Gen.Bool,
            (day, user, feature, tenths, automation) =>
                (Day: day, User: user, Feature: feature, Minutes: tenths / 10m, Automation: automation && user == 2));
        var genRun = Gen.Select(genEvent.Array[1, 40], Gen.Int[1, 15], Gen.Int);
        var runs = 0;
        await genRun.SampleAsync(async (uses, chunk, seed) =>
        {
            var key = $"property-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
            var account = await system.RegisterAsync("crm", key);
            var sent = uses.Concat(
                uses.Take(uses.Length / 2)).Select((use, i) => (Use: use, Id: $"{key}-{i % uses.Length}")).ToArray();
            new Random(seed).Shuffle(sent);
            foreach (var part in sent.Chunk(chunk))
                await system.SendAsync([.. part.Select(p => Sample.Event(
                    p.Id, $"crm/{key}", $"2026-04-0{1 + p.Use.Day}T12:00:00Z",
                    p.Use.User == 0 ? null : $"u{p.Use.User}",
                    p.Use.Feature == 0 ? null : $"f{p.Use.Feature}", p.Use.Minutes, automation: p.Use.Automation))]);

            var expected = uses.Where(u => !u.Automation).GroupBy(u => u.Day).OrderBy(g => g.Key).Select(g => (
                Day: new DateOnly(2026, 4, 1 + g.Key), Events: g.Count(),
                Users: g.Select(u => u.User).Where(u => u > 0).Distinct().Count(), Minutes: g.Sum(u => u.Minutes),
                Features: string.Join(
                    ',', g.Select(u => u.Feature).Where(f => f > 0).Distinct().Order().Select(f => $"f{f}"))));
            Assert.Equal(expected, (await system.DaysAsync(account)).Select(d =>
                (d.Day, d.Events, d.ActiveUsers, d.Minutes, string.Join(',', d.Features))));
            runs++;
        }, iter: 12, threads: 1);
        Assert.Equal(12, runs);
        await system.AssertFiguresEqualFoldAsync();
    }
}
