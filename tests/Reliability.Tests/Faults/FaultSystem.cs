using System.Diagnostics;
using System.Globalization;
using CsPlatform.Reliability.Tests.Load;
using CsPlatform.Reliability.Tests.Oracle;
using Npgsql;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>The system that the fault matrix injures, one fault after the other, under load.</summary>
public class FaultSystem : ReliabilitySystem
{
    /// <summary>For faults that are much like one that is always tested.</summary>
    public static void NeedSoak(bool isShort = false) =>
        Assert.SkipUnless(isShort || Soak.Is, "Part of the long run: `./cs test --soak`.");

    public static TimeSpan Lasts(double seconds, double soakSeconds) =>
        TimeSpan.FromSeconds(Soak.Is ? soakSeconds : seconds);

    protected override bool HasOwnServers => true;

    /// <summary>Whether its tests leave everything as it should be.</summary>
    protected virtual bool EndsWhole => true;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await new Season(this, seed: 0, "warm").RunAsync();
        await Holdings.TakeBaselineAsync();
    }

    /// <summary>
    /// After all that it suffered, what every service made of its events is still what it makes of them anew.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            if (EndsWhole && Holdings.Baseline is not null)
                (await new ReliabilityOracle(this).JudgeWithRebuildAsync()).AssertHolds();
        }
        finally
        {
            await base.DisposeAsync();
        }
    }

    public int PostgresPort => new NpgsqlConnectionStringBuilder(Platform.Servers.Postgres).Port;

    public int BrokerPort => Platform.Servers.Amqp.Port;

    /// <summary>
    /// Injures the system while clients send, lets the fault last, heals it, measures how long all takes to work again,
    /// and has the oracle judge what is left of everything that was sent.
    /// </summary>
    /// <param name="fault">Its name in the results.</param>
    /// <param name="expected">What must hold, in words for the page.</param>
    /// <param name="injure">Returns when the fault is there; what it did before it failed is healed too.</param>
    /// <param name="meanwhile">What must hold while it lasts; gets a client.</param>
    /// <param name="heal">Returns when the fault is over; what that itself takes counts as recovery.</param>
    internal async Task<Recovery> SufferAsync(
        string fault, string expected, Func<Task> injure, Func<Probe, Task> meanwhile, Func<Task> heal)
    {
        var name = $"{fault.Replace(' ', '-').ToLower(CultureInfo.InvariantCulture)}-{Environment.TickCount64 % 100_000}";
        await using var load = new FaultLoad(this, name);
        await load.PrepareAsync();
        var probe = await Probe.StartAsync(this, $"{name}-probe");

        using var over = new CancellationTokenSource();
        var running = load.RunAsync(over.Token);
        Recovery recovery;
        try
        {
            try
            {
                await injure();
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
            await running;
        }
        recovery.Keep();
        (await new ReliabilityOracle(this).JudgeAsync()).AssertHolds();
        return recovery;
    }

    internal async Task AdminAsync(string sql)
    {
        await using var admin = new NpgsqlConnection(Platform.Servers.Postgres + ";Pooling=false");
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The service's role, which is also its database.</summary>
    internal string Role(string service) =>
        new NpgsqlConnectionStringBuilder(Platform.ConnectionString(service)).Username!;

    internal Task CutSessionsAsync(string service) => AdminAsync(
        $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{Role(service)}'");
}

[CollectionDefinition(nameof(FaultSystem))]
public sealed class FaultSystemIsShared : ICollectionFixture<FaultSystem>;
