using System.Net;
using CsPlatform.Local.Servers;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// RabbitMQ goes, or takes nothing: HTTP intake goes on, what services have to say waits in their databases, and all of it
/// arrives afterwards.
/// </summary>
[Collection(nameof(FaultSystem))]
[Trait("set", "thorough")]
public sealed class BrokerFaultTests(FaultSystem system)
{
    private const string Expected = "HTTP intake goes on; messages wait in the event store and all arrive afterwards";

    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Ending.Crashed, "RabbitMQ killed with kill -9", true)]
    [InlineData(Ending.Stopped, "RabbitMQ stopped and started", false)]
    public async Task A_broker_that_goes_and_comes_back_loses_nothing(Ending how, string fault, bool isShort)
    {
        FaultSystem.NeedSoak(isShort);
        var recovery = await system.SufferAsync(fault, Expected,
            () => system.OwnServers.EndBrokerAsync(how),
            TakesAsync,
            () => system.OwnServers.StartBrokerAsync());

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task Publishers_that_a_full_disk_blocks_time_out_and_go_on()
    {
        var recovery = await system.SufferAsync("RabbitMQ's disk alarm", Expected,
            () => system.OwnServers.SetDiskAlarmAsync(on: true),
            TakesAsync,
            () => system.OwnServers.SetDiskAlarmAsync(on: false));

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task Publishers_that_full_memory_blocks_time_out_and_go_on()
    {
        FaultSystem.NeedSoak();
        var recovery = await system.SufferAsync("RabbitMQ's memory alarm", Expected,
            () => system.OwnServers.SetMemoryAlarmAsync(on: true),
            TakesAsync,
            () => system.OwnServers.SetMemoryAlarmAsync(on: false));

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task Connections_that_the_broker_closes_are_opened_again()
    {
        var recovery = await system.SufferAsync("RabbitMQ closes all connections", Expected,
            () => system.OwnServers.CloseBrokerConnectionsAsync(),
            TakesAsync,
            () => Task.CompletedTask);

        recovery.AssertWithin(RecoveryMax);
    }

    /// <summary>Each try in the time is accepted: the database is all that it needs.</summary>
    private static Task TakesAsync(Probe probe) => FaultSystem.Lasts(5, 40).SpendAsync(async () =>
    {
        using var answer = await probe.SendOnceAsync();
        Assert.Equal(HttpStatusCode.Accepted, answer?.StatusCode);
    });
}
