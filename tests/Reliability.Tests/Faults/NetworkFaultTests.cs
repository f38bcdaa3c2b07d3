using CsPlatform.Reliability.Tests.Injuries;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// Between services and their servers packets are lost or connections reset: all goes on, and nothing leaks.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class NetworkFaultTests(FaultSystem system)
{
    private const string Expected = "503 or no answer while the database is cut off, HTTP intake goes on while the broker is; "
        + "then all goes on with as many connections, threads and handles as before";

    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Cut.Silent, true)]
    [InlineData(Cut.Requests, false)]
    [InlineData(Cut.Answers, false)]
    [InlineData(Cut.Reset, false)]
    [InlineData(Cut.Lossy, false)]
    public Task A_cut_between_services_and_the_database_heals(Cut how, bool isShort) =>
        HealsAsync($"Network to PostgreSQL: {Words(how)}", system.PostgresPort, how, isDatabase: true, isShort);

    [Theory]
    [InlineData(Cut.Silent, true)]
    [InlineData(Cut.Requests, false)]
    [InlineData(Cut.Answers, false)]
    [InlineData(Cut.Reset, false)]
    [InlineData(Cut.Lossy, false)]
    public Task A_cut_between_services_and_the_broker_heals(Cut how, bool isShort) =>
        HealsAsync($"Network to RabbitMQ: {Words(how)}", system.BrokerPort, how, isDatabase: false, isShort);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_network_that_comes_and_goes_is_lived_with(bool isDatabase)
    {
        FaultSystem.NeedSoak();
        Network.Need();
        var port = isDatabase ? system.PostgresPort : system.BrokerPort;
        var recovery = await system.SufferAsync($"Network to {(isDatabase ? "PostgreSQL" : "RabbitMQ")}: comes and goes", Expected,
            () => Task.CompletedTask,
            async probe =>
            {
                for (var i = 0; i < 8; i++)
                {
                    await Network.CutAsync(port, Cut.Silent);
                    await TimeSpan.FromSeconds(4).SpendAsync(() => probe.AskAsync());
                    await Network.HealAsync();
                    await TimeSpan.FromSeconds(4).SpendAsync(() => probe.AskAsync());
                }
            },
            Network.HealAsync);

        recovery.AssertWithin(RecoveryMax);
    }

    private async Task HealsAsync(string fault, int port, Cut how, bool isDatabase, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        Network.Need();
        var recovery = await system.SufferAsync(fault, Expected,
            () => Network.CutAsync(port, how),
            probe => FaultSystem.Lasts(8, 60).SpendAsync(async () =>
            {
                var answer = await probe.AskAsync();
                if (isDatabase && how is Cut.Silent or Cut.Reset)
                    Assert.NotEqual(HttpStatusCode.Accepted, answer);
                if (!isDatabase)
                    Assert.Equal(HttpStatusCode.Accepted, answer);
            }),
            Network.HealAsync);

        recovery.AssertWithin(RecoveryMax);
    }

    private static string Words(Cut how) => how switch
    {
        Cut.Silent => "all packets lost",
        Cut.Requests => "requests lost",
        Cut.Answers => "answers lost",
        Cut.Reset => "connections reset",
        Cut.Lossy => "three in ten packets lost",
    };
}
