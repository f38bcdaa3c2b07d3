using System.Collections.Concurrent;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace CsPlatform.Backbone;

/// <summary>
/// Ends the process when one of its queues is not read and nobody tries to: whoever runs it starts it again. The client
/// library can wait for ever on a channel that is closed meanwhile (rabbitmq-dotnet-client 1976, there up to 7.2.2),
/// and MassTransit reads a queue again only when all work on its last channel has ended.
/// </summary>
/// <param name="lifetime">Of the process.</param>
/// <param name="limit">
/// After how many seconds without a reader and without a try. Counted, not measured: a process that was paused or whose
/// clock was set has not been deaf. While the broker is away MassTransit tries at least once a minute.
/// </param>
/// <param name="log">Says why the process ended.</param>
internal sealed partial class QueueWatch(IHostApplicationLifetime lifetime, int limit, ILogger<QueueWatch> log)
    : BackgroundService
{
    private readonly ConcurrentBag<Reader> readers = [];

    /// <summary>Watches one more queue.</summary>
    public void Watch(IRabbitMqReceiveEndpointConfigurator queue)
    {
        var reader = new Reader();
        queue.ConfigureChannel(channel => channel.UseFilter(reader));
        queue.ConnectReceiveEndpointObserver(reader);
        readers.Add(reader);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await second.WaitForNextTickAsync(stoppingToken))
        {
            if (!readers.Any(r => r.DeafSecondsAfterOneMore() > limit))
                continue;
            LogDeaf(limit);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message =
        "A queue has not been read for {Seconds} s, nor was it tried; this process ends, to be started again")]
    private partial void LogDeaf(int seconds);

    /// <summary>Sees how one queue is read.</summary>
    private sealed class Reader : IFilter<ChannelContext>, IReceiveEndpointObserver
    {
        private volatile IChannel? channel;
        private volatile bool isReady;
        private int deafSeconds;

        /// <summary>A second has passed.</summary>
        public int DeafSecondsAfterOneMore()
        {
            if (!isReady || channel is not { IsOpen: true })
                return Interlocked.Increment(ref deafSeconds);
            Tried();
            return 0;
        }

        /// <summary>Each time that the queue is read anew, around all that is done on the new channel.</summary>
        public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
        {
            Tried();
            (isReady, channel) = (false, context.Channel);
            await next.Send(context);
        }

        public Task Ready(ReceiveEndpointReady ready)
        {
            isReady = true;
            return Task.CompletedTask;
        }

        public Task Faulted(ReceiveEndpointFaulted faulted)
        {
            Tried();
            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public void Probe(ProbeContext context) => context.CreateFilterScope("queueWatch");

        private void Tried() => Interlocked.Exchange(ref deafSeconds, 0);
    }
}
