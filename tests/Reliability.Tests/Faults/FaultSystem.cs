using System.Diagnostics;
using System.Globalization;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>The system that the fault matrix injures, one fault after the other, under load.</summary>
public sealed class FaultSystem : ReliabilitySystem
{
    private const int Days = 4, EventsPerDay = 5;

    /// <summary>For faults that are much like one that is always tested.</summary>
    public static void NeedSoak(bool isShort = false) =>
        Assert.SkipUnless(isShort || Soak.Is, "Part of the long run: `./cs test --soak`.");

    public static TimeSpan Lasts(double seconds, double soakSeconds) => TimeSpan.FromSeconds(Soak.Is ? soakSeconds : seconds);

    protected override bool HasOwnServers => true;

    public int PostgresPort => new NpgsqlConnectionStringBuilder(Platform.Servers.Postgres).Port;

    public int BrokerPort => Platform.Servers.Amqp.Port;

    /// <summary>
    /// Injures the system while clients send, lets the fault last, heals it, measures how long all takes to work again,
    /// and has the oracle judge what is left of everything that was sent.
    /// </summary>
    /// <param name="fault">Its name in the results.</param>
    /// <param name="expected">What must hold, in words for the page.</param>
    /// <param name="injure">Returns when the fault is there.</param>
    /// <param name="meanwhile">What must hold while it lasts; gets a client.</param>
    /// <param name="heal">Returns when the fault is over; what that itself takes counts as recovery.</param>
    internal async Task<Recovery> SufferAsync(
        string fault, string expected, Func<Task> injure, Func<Probe, Task> meanwhile, Func<Task> heal)
    {
        var name = $"{fault.Replace(' ', '-').ToLower(CultureInfo.InvariantCulture)}-{Environment.TickCount64 % 100_000}";
        var life = new AccountLife(this);
        await Task.WhenAll(life.RegisterAsync(name), life.RegisterAsync($"{name}-probe"));
        var probe = new Probe(this, $"{name}-probe");
        await probe.RecoveredAsync("none", "", Stopwatch.GetTimestamp());

        using var over = new CancellationTokenSource();
        var load = SendUntilAsync(name, over.Token);
        Recovery recovery;
        try
        {
            await injure();
            try
            {
                await meanwhile(probe);
            }
            finally
            {
                var since = Stopwatch.GetTimestamp();
                await heal();
                recovery = await probe.RecoveredAsync(fault, expected, since, Stopwatch.GetElapsedTime(since));
            }
        }
        finally
        {
            await over.CancelAsync();
            await load;
        }
        recovery.Keep();
        (await new ReliabilityOracle(this).JudgeAsync()).AssertHolds();
        return recovery;
    }

    /// <summary>Use of a few days over both transports, again and again with new ids.</summary>
    internal async Task SendUntilAsync(string name, CancellationToken over)
    {
        await using var load = new UsageLoad(this);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var round = 0; !over.IsCancellationRequested; round++)
        {
            await load.SendAsync(UsagePlan.Make(round, $"{name}-{round}", [$"crm/{name}"], Now, Days, EventsPerDay));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    internal async Task AdminAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(Platform.Servers.Postgres + ";Pooling=false");
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The service's role, which is also its database.</summary>
    internal string Role(string service) => new NpgsqlConnectionStringBuilder(Platform.ConnectionString(service)).Username!;

    internal Task CutSessionsAsync(string service, string more = "true") => AdminAsync(
        $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{Role(service)}' and {more}");
}

[CollectionDefinition(nameof(FaultSystem))]
public sealed class FaultSystemIsShared : ICollectionFixture<FaultSystem>;
