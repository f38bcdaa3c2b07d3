using System.Net;
using System.Net.Http.Headers;
using CsPlatform.Bench.Measuring;
using CsPlatform.Bench.Running;
using CsPlatform.Contracts;
using CsPlatform.Local;
using RabbitMQ.Client;

namespace CsPlatform.Bench.Usage;

/// <summary>Sends bodies that are written already, and says how fast they were taken. All must be.</summary>
internal sealed class IntakeClient : IDisposable
{
    private readonly BenchSystem system;
    private readonly HttpClient http;

    public IntakeClient(BenchSystem system)
    {
        this.system = system;
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
        {
            BaseAddress = system.Platform.Address("engagement"),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.PublisherToken);
    }

    /// <returns>Events per second, from the first request to the last answer.</returns>
    public async Task<Measured> PostAsync(
        IReadOnlyList<byte[]> bodies, string mediaType, int connections, int events,
        CancellationToken cancellationToken)
    {
        var taken = -1;
        var stretch = Stretch.Begin(system);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref taken) is var i && i < bodies.Count)
                await PostAsync(bodies[i], mediaType, cancellationToken);
        }, cancellationToken)));
        return stretch.PerSecond(events);
    }

    public async Task PostAsync(byte[] body, string mediaType, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var answer = await http.PostAsync("/v1/events", content, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new LocalException(
                $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <returns>Events per second, from the first message to the moment when all are counted.</returns>
    public async Task<Measured> PublishAsync(
        IReadOnlyList<byte[]> bodies, string mediaType, int events, CancellationToken cancellationToken)
    {
        await using var connection = await system.PublisherConnections.CreateConnectionAsync(cancellationToken);
        var inFlight = bodies[0].Length > 100_000 ? 16 : 1000;
        await using var channel = await connection.CreateChannelAsync(
            ConfirmedPublishing.Options(inFlight), cancellationToken);
        var properties = new BasicProperties
        {
            ContentType = mediaType,
            DeliveryMode = DeliveryModes.Persistent,
            UserId = system.PublisherUser,
        };
        var counted = await CountedAsync();
        var stretch = Stretch.Begin(system);
        await channel.PublishAllAsync(Topology.UsageEventsExchange, properties, bodies, inFlight, cancellationToken);
        await BenchSystem.UntilAsync( // seldom: the question takes of what it measures
            async () => await CountedAsync() == counted + events, cancellationToken, pollMs: 50);
        return stretch.PerSecond(events);
    }

    public void Dispose() => http.Dispose();

    private Task<long> CountedAsync() => system.Database("engagement").ScalarAsync<long>(
        "select coalesce(sum(events), 0) from engagement.account_day");
}
