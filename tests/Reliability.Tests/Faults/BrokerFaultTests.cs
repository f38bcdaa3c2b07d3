using CsPlatform.Local.Servers;
using RabbitMQ.Client;

namespace CsPlatform.Reliability.Tests.Faults;

/// <summary>
/// RabbitMQ goes, or takes nothing: HTTP intake goes on, what services have to say waits in their databases, and all of
/// it arrives afterwards.
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
    public async Task Publishers_that_a_full_disk_blocks_go_on_when_there_is_room()
    {
        var recovery = await system.SufferAsync("RabbitMQ's disk alarm", Expected,
            async () =>
            {
                await system.OwnServers.SetDiskAlarmAsync(on: true);
                await UntilBlockedAsync();
            },
            TakesAsync,
            () => system.OwnServers.SetDiskAlarmAsync(on: false));

        recovery.AssertWithin(RecoveryMax);
    }

    [Fact]
    public async Task Publishers_that_full_memory_blocks_go_on_when_there_is_room()
    {
        FaultSystem.NeedSoak();
        var recovery = await system.SufferAsync("RabbitMQ's memory alarm", Expected,
            async () =>
            {
                await system.OwnServers.SetMemoryAlarmAsync(on: true);
                await UntilBlockedAsync();
            },
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

    /// <summary>The broker looks at its disk and memory every few seconds.</summary>
    private Task UntilBlockedAsync() => Eventually.HoldsAsync(async () =>
    {
        var connection = await system.AmqpAdmin().CreateConnectionAsync();
        try
        {
            var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            for (var i = 0; i < 2; i++) // the first one on a connection blocks it, and is still taken
                await channel.BasicPublishAsync("", "nobody", ReadOnlyMemory<byte>.Empty, patience.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true; // no confirm
        }
        finally
        {
            await connection.AbortAsync(TimeSpan.FromSeconds(1)); // it would not be answered either
        }
    });

    private static Task TakesAsync(Probe probe) => probe.TakesAsync(FaultSystem.Lasts(5, 40));
}
