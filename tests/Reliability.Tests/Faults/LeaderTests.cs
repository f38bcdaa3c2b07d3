using System.Diagnostics;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// Three processes of a service: exactly one leads its daemon, and another does soon when that one cannot.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class LeaderTests(FaultSystem system)
{
    private const int Replicas = 3;
    private const string Expected = "another process leads within ten seconds; nothing lost or judged twice";

    private static readonly TimeSpan TakeoverMax = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("health", true)]
    [InlineData("engagement", false)]
    public Task A_killed_leader_is_replaced(string service, bool isShort) =>
        WithReplicasAsync(service, isShort, async replicas =>
    {
        string? leader = null;
        await system.SufferAsync($"Leader of {service} killed", Expected,
            async () => await system.KillAsync(leader = await LeaderAsync(replicas)),
            async _ => await TakesOverAsync(replicas.Except([leader!])),
            () => system.RestartAsync(leader!));
    });

    [Fact]
    public Task A_paused_leader_is_replaced_and_leads_no_more_when_it_goes_on() =>
        WithReplicasAsync("health", true, async replicas =>
    {
        string? leader = null;
        await system.SufferAsync("Leader of health stands still, then goes on", Expected,
            async () => system.Platform.Pause(leader = await LeaderAsync(replicas)),
            async _ =>
            {
                var since = Stopwatch.GetTimestamp();
                await TakesOverAsync(replicas.Except([leader!]));
                await (FaultSystem.Lasts(15, 90) - Stopwatch.GetElapsedTime(since))
                    .SpendAsync(() => Task.CompletedTask);
            },
            () =>
            {
                system.Platform.Resume(leader!);
                return Task.CompletedTask;
            });
        Assert.NotEqual(leader, await LeaderAsync(replicas));
    });

    [Theory]
    [InlineData("health", "daemon-leader", true)]
    [InlineData("engagement", "engagement-notices", false)]
    public Task A_leader_whose_lock_is_cut_stops_and_one_leads_again(
        string service, string application, bool isShort) =>
        WithReplicasAsync(service, isShort, async _ =>
        {
            string? cut = null;
            await system.SufferAsync($"Lock of {application} cut", Expected,
                async () =>
                {
                    cut = await Eventually.GetsAsync(() => HolderAsync(service, application));
                    await system.AdminAsync($"select pg_terminate_backend({cut})");
                },
                _ => Eventually.HoldsAsync(
                    async () => await HolderAsync(service, application) is { } holder && holder != cut, TakeoverMax),
                () => Task.CompletedTask);
        });

    /// <summary>
    /// Before: of twelve cuts one let two lead at once, events applied twice, and progress stood still from there on.
    /// </summary>
    [Fact]
    public Task Cuts_of_the_lock_under_load_let_nobody_lead_beside_another() =>
        WithReplicasAsync("accounts", true, replicas =>
        LosesAsync($"Lock of accounts cut {Cuts} times", Cuts, replicas, async () =>
        {
            var cut = await Eventually.GetsAsync(() => HolderAsync("accounts", "daemon-leader"));
            await system.AdminAsync($"select pg_terminate_backend({cut})");
            await Eventually.HoldsAsync(
                async () => await HolderAsync("accounts", "daemon-leader") is { } holder && holder != cut);
            await Eventually.GetsAsync(() => FindLeaderAsync(replicas), TakeoverMax);
        }));

    /// <summary>
    /// Who goes on after a pause may have a page in hand that another has done meanwhile: it is refused.
    /// </summary>
    [Fact]
    public Task Pauses_of_the_leader_under_load_apply_no_event_twice() =>
        WithReplicasAsync("accounts", true, replicas =>
        LosesAsync($"Leader of accounts stands still {Pauses} times", Pauses, replicas, async () =>
        {
            var leader = await LeaderAsync(replicas);
            system.Platform.Pause(leader);
            try
            {
                await TakesOverAsync(replicas.Except([leader]));
            }
            finally
            {
                system.Platform.Resume(leader);
            }
        }));

    [Fact]
    public Task A_process_that_is_asked_to_end_refuses_no_client_that_tries_once_more() =>
        WithReplicasAsync("engagement", true, async replicas =>
        {
            var failed = 0;
            await system.SufferAsync("SIGTERM of one of three under load", "no client that tries once more is refused; it drains",
                () => Task.CompletedTask,
                async probe =>
                {
                    using var over = new CancellationTokenSource();
                    var clients = replicas.ToDictionary(
                        r => r, r => system.PublisherClient(r, ReliabilitySystem.Source));
                    var order = replicas.ToList();
                    var sending = Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
                    {
                        for (var turn = i; !over.IsCancellationRequested; turn++)
                        {
                            var e = probe.Next();
                            using var first = await probe.SendOnceAsync(e, clients[order[turn % Replicas]]);
                            if (first?.StatusCode == HttpStatusCode.Accepted)
                                continue;
                            using var second = await probe.SendOnceAsync(e, clients[order[(turn + 1) % Replicas]]);
                            if (second?.StatusCode != HttpStatusCode.Accepted)
                                Interlocked.Increment(ref failed);
                        }
                    }));
                    await system.StopAsync(replicas[1]);
                    await system.RestartAsync(replicas[1]);
                    await over.CancelAsync();
                    await sending;
                },
                () => Task.CompletedTask);
            Assert.Equal(0, failed);
        });

    private static int Cuts => Soak.Is ? 30 : 3;

    private static int Pauses => Soak.Is ? 10 : 1;

    /// <summary>
    /// Takes the lead away again and again while up to sixty accounts a second are registered, at all replicas. Each
    /// event must make its one row of the timeline, by one write, and stored progress must reach the last of them.
    /// </summary>
    /// <param name="fault">Its name in the results.</param>
    /// <param name="times">How often.</param>
    /// <param name="replicas">All processes.</param>
    /// <param name="lose">Does it once, and returns when another leads.</param>
    private async Task LosesAsync(string fault, int times, IReadOnlyList<string> replicas, Func<Task> lose)
    {
        await system.UntilAtRestAsync();
        var (warned, refused) = (Logged(replicas, "is out of order"), Logged(replicas, "progress stands elsewhere"));
        await using var writes = await TimelineWrites.CountAsync(system);
        await system.SufferAsync(fault, Expected, () => Task.CompletedTask, async _ =>
        {
            using var over = new CancellationTokenSource();
            var name = $"{times}-{Environment.TickCount64 % 100_000}";
            var registering = Task.WhenAll(replicas.SelectMany(replica => new[] { 1, 2 }.Select(async client =>
            {
                var life = new AccountLife(system, replica);
                // else Health judges for minutes later
                using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
                for (var i = 0; !over.IsCancellationRequested; i++)
                {
                    await life.RegisterAsync($"{name}-{replica}-{client}-{i}");
                    await pace.WaitForNextTickAsync(CancellationToken.None);
                }
            })));
            try
            {
                for (var i = 0; i < times; i++)
                    await lose();
            }
            finally
            {
                await over.CancelAsync();
                await registering;
            }
        }, () => Task.CompletedTask); // the oracle has seen all progress at the head

        var (written, rows, events) = await writes.CountedAsync();
        TestContext.Current.SendDiagnosticMessage($"{fault}: {events} events, {rows} rows, {written} writes; the database "
            + (Logged(replicas, "progress stands elsewhere") > refused ? "had pages to refuse" : "had nothing to refuse"));
        Assert.Equal((events, events), (rows, written));
        Assert.Equal(warned, Logged(replicas, "is out of order"));
    }

    private int Logged(IEnumerable<string> replicas, string words) => replicas
        .Select(replica => Path.Combine(system.Platform.LogFolder, $"{replica}.log"))
        .Where(File.Exists)
        .Sum(log => File.ReadLines(log).Count(line => line.Contains(words, StringComparison.Ordinal)));

    private async Task WithReplicasAsync(string service, bool isShort, Func<IReadOnlyList<string>, Task> run)
    {
        FaultSystem.NeedSoak(isShort);
        var replicas = Enumerable.Range(1, Replicas).Select(i => LocalPlatform.Replica(service, i)).ToList();
        await Task.WhenAll(replicas.Skip(1).Select(system.RestartAsync));
        try
        {
            await run(replicas);
        }
        finally
        {
            await Task.WhenAll(replicas.Skip(1).Select(system.StopAsync));
        }
    }

    private async Task TakesOverAsync(IEnumerable<string> replicas)
    {
        var since = Stopwatch.GetTimestamp();
        await Eventually.GetsAsync(() => FindLeaderAsync(replicas), TakeoverMax);
        TestContext.Current.SendDiagnosticMessage(
            $"led again after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");
    }

    /// <summary>The server process of the session that holds the lock; null while none does.</summary>
    private async Task<string?> HolderAsync(string service, string application)
    {
        await using var command = system.Database(service).CreateCommand($"""
            select a.pid::text from pg_stat_activity a join pg_locks l using (pid)
             where a.datname = current_database() and a.application_name = '{application}' and l.locktype = 'advisory'
               and l.granted
            """);
        return (string?)await command.ExecuteScalarAsync();
    }

    private Task<string> LeaderAsync(IReadOnlyList<string> replicas) => Eventually.GetsAsync(
        () => FindLeaderAsync(replicas));

    /// <summary>
    /// The one that says so in /health; null while none does, or one that was paused does not know better yet.
    /// </summary>
    private async Task<string?> FindLeaderAsync(IEnumerable<string> replicas)
    {
        List<string> leaders = [];
        foreach (var replica in replicas)
        {
            try
            {
                using var client = system.Client(replica);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                using var answer = await client.GetAsync("/health", patience.Token);
                var health = await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token);
                if (health.GetProperty("checks").GetProperty("daemon").GetProperty("description").GetString()!.StartsWith("leads", StringComparison.Ordinal))
                    leaders.Add(replica);
            }
            catch (Exception e) when (Persistently.IsPassing(e))
            {
                // It is the one that was hurt.
            }
        }
        return leaders.Count == 1 ? leaders[0] : null;
    }
}
