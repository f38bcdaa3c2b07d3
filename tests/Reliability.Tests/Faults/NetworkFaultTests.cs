using System.Globalization;
using System.Net;
using CsPlatform.Contracts;
using CsPlatform.Reliability.Tests.Injuries;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>Between services and their servers packets are lost or connections reset: all goes on, and nothing leaks.</summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class NetworkFaultTests(FaultSystem system)
{
    private const string Expected = "503 or no answer while the database is cut off, HTTP intake goes on while the broker is; "
        + "then all goes on with as many connections and threads as before";

    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Cut.Silent, true)]
    [InlineData(Cut.Answers, false)]
    [InlineData(Cut.Reset, false)]
    [InlineData(Cut.Lossy, false)]
    public Task A_cut_between_services_and_the_database_heals(Cut how, bool isShort) =>
        HealsAsync($"Network to PostgreSQL: {Words(how)}", system.PostgresPort, how, isDatabase: true, isShort);

    [Theory]
    [InlineData(Cut.Silent, true)]
    [InlineData(Cut.Answers, false)]
    [InlineData(Cut.Reset, false)]
    [InlineData(Cut.Lossy, false)]
    public Task A_cut_between_services_and_the_broker_heals(Cut how, bool isShort) =>
        HealsAsync($"Network to RabbitMQ: {Words(how)}", system.BrokerPort, how, isDatabase: false, isShort);

    private async Task HealsAsync(string fault, int port, Cut how, bool isDatabase, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        Network.Need();
        var threads = Threads();
        try
        {
            var recovery = await system.SufferAsync(fault, Expected,
                () => Network.CutAsync(port, how),
                probe => FaultSystem.Lasts(8, 60).SpendAsync(async () =>
                {
                    using var answer = await probe.SendOnceAsync();
                    Assert.True(
                        answer is null or { StatusCode: HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable },
                        $"{fault} was answered {answer?.StatusCode}.");
                    if (isDatabase && how is Cut.Silent or Cut.Reset)
                        Assert.NotEqual(HttpStatusCode.Accepted, answer?.StatusCode);
                    if (!isDatabase)
                        Assert.Equal(HttpStatusCode.Accepted, answer?.StatusCode);
                }),
                Network.HealAsync);
            recovery.AssertWithin(RecoveryMax);
        }
        finally
        {
            await Network.HealAsync();
        }
        // A pool keeps up to 40 connections for a while; what leaks is over that, or grows with each fault.
        foreach (var service in Topology.Services.Select(s => s.Name))
            Assert.InRange(await SessionsAsync(service), 1, 45);
        Assert.All(Threads().Zip(threads), t => Assert.InRange(t.First, 1, t.Second + 40));
    }

    private static List<int> ThreadsOf(IEnumerable<int> processes) =>
        [.. processes.Select(p => int.Parse(
            File.ReadLines($"/proc/{p}/status").Single(l => l.StartsWith("Threads:", StringComparison.Ordinal))[8..],
            CultureInfo.InvariantCulture))];

    private List<int> Threads() => ThreadsOf(Topology.Services.Select(s => system.Platform.ProcessId(s.Name)));

    private async Task<int> SessionsAsync(string service)
    {
        await using var command = system.Database(service).CreateCommand(
            "select count(*)::int from pg_stat_activity where usename = $1");
        command.Parameters.Add(new() { Value = system.Role(service) });
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static string Words(Cut how) => how switch
    {
        Cut.Silent => "all packets lost",
        Cut.Answers => "answers lost",
        Cut.Reset => "connections reset",
        Cut.Lossy => "three in ten packets lost",
    };
}
