using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using RabbitMQ.Client;

namespace CsPlatform.Reliability.Tests.Load;

/// <summary>
/// Sends a plan as a company's systems would: several at a time, over both transports, each try written into the ledger
/// before and after, and again whatever got no answer.
/// </summary>
public sealed class UsageLoad(ReliabilitySystem system) : IAsyncDisposable
{
    private readonly HttpClient http = system.PublisherClient("engagement", ReliabilitySystem.Source);
    private readonly ConcurrentBag<IConnection> opened = [];
    private readonly ConcurrentQueue<IChannel> channels = new();

    /// <summary>Tries that ended without an answer.</summary>
    public int Unanswered => unanswered;

    private int unanswered;

    /// <summary>Returns when every shipment is answered.</summary>
    /// <param name="plan">What to send.</param>
    /// <param name="atOnce">Clients.</param>
    /// <param name="patience">How long one shipment is tried; after it its fate stays open.</param>
    public Task SendAsync(UsagePlan plan, int atOnce = 4, TimeSpan? patience = null) => Parallel.ForEachAsync(
        plan.Shipments, new ParallelOptions { MaxDegreeOfParallelism = atOnce },
        async (shipment, _) =>
        {
            system.Ledger.Sent([.. shipment.Events.Select(e => e.Entry)]);
            await Persistently.TryAsync(() => TryAsync(shipment), patience ?? TimeSpan.FromMinutes(2));
        });

    /// <summary>A message that is no usage event of this publisher: kept with the reason and its bytes.</summary>
    public async Task PlantAsync(string reason, string body)
    {
        system.Planted.Park(reason, body);
        await Persistently.DoAsync(() => PublishAsync(Encoding.UTF8.GetBytes(body), isBatch: false));
    }

    /// <summary>A stored event's id with other content: refused over HTTP, parked over AMQP.</summary>
    public async Task ConflictAsync(PlannedEvent stored)
    {
        var other = stored with { Minutes = stored.Minutes + 1000 };
        await PlantAsync("id-reused", Encoding.UTF8.GetString(other.Json));
        await Persistently.DoAsync(async () =>
        {
            using var answer = await PostAsync(other.Json, "application/cloudevents+json");
            if ((int)answer.StatusCode < 500)
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            return answer.StatusCode == HttpStatusCode.Conflict;
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in opened)
            await connection.DisposeAsync();
    }

    private async Task<bool> TryAsync(Shipment shipment)
    {
        try
        {
            var isTaken = shipment.Transport switch
            {
                Transport.HttpSingle => await PostOneAsync(shipment.Events[0]),
                Transport.HttpBatch => await PostBatchAsync(shipment.Events),
                Transport.AmqpSingle => await PublishAsync(shipment.Events[0].Json, isBatch: false),
                Transport.AmqpBatch => await PublishAsync(Batch(shipment.Events), isBatch: true),
            };
            if (isTaken && shipment.Transport is Transport.AmqpSingle or Transport.AmqpBatch)
                system.Ledger.Acknowledged([.. shipment.Events.Select(e => e.Key)]);
            return isTaken;
        }
        catch (Exception e) when (Persistently.IsPassing(e))
        {
            Interlocked.Increment(ref unanswered);
            system.Ledger.Unanswered([.. shipment.Events.Select(x => x.Key)]);
            throw;
        }
    }

    private async Task<bool> PostOneAsync(PlannedEvent e)
    {
        using var answer = await PostAsync(e.Json, "application/cloudevents+json");
        if (answer.StatusCode == HttpStatusCode.Accepted)
            system.Ledger.Acknowledged(e.Key);
        return Settled(answer);
    }

    private async Task<bool> PostBatchAsync(IReadOnlyList<PlannedEvent> events)
    {
        using var answer = await PostAsync(Batch(events), "application/cloudevents-batch+json");
        if (answer.IsSuccessStatusCode)
        {
            using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
            var items = body.RootElement.GetProperty("items").EnumerateArray()
                .ToLookup(
                    i => i.GetProperty("status").GetString() != "refused",
                    i => events[i.GetProperty("index").GetInt32()].Key);
            system.Ledger.Acknowledged([.. items[true]]);
            system.Ledger.Refused([.. items[false]]);
        }
        return Settled(answer);
    }

    /// <summary>503 and the like ask for another try; any other refusal of a good event is a fault.</summary>
    private static bool Settled(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode)
            return true;
        Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests,
            $"A good event was answered {(int)answer.StatusCode}.");
        return false;
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string contentType)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        return await http.PostAsync("/v1/events", content);
    }

    /// <summary>True when the broker has it.</summary>
    private async Task<bool> PublishAsync(byte[] body, bool isBatch)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var channel = await OpenChannelAsync(patience.Token);
        await channel.BasicPublishAsync(Topology.UsageEventsExchange, "", mandatory: true, new BasicProperties
        {
            ContentType = isBatch ? "application/cloudevents-batch+json" : "application/cloudevents+json",
            DeliveryMode = DeliveryModes.Persistent,
            UserId = system.Platform.AmqpUser("publisher"),
        }, body, patience.Token);
        channels.Enqueue(channel); // one that failed is not used again
        return true;
    }

    private async Task<IChannel> OpenChannelAsync(CancellationToken patience)
    {
        while (channels.TryDequeue(out var known))
            if (known.IsOpen)
                return known;
        var factory = system.Amqp("publisher");
        factory.AutomaticRecoveryEnabled = false;
        // Without patience the client library waits for the broker's first answer for ever.
        var connection = await factory.CreateConnectionAsync(patience);
        opened.Add(connection);
        return await connection.CreateChannelAsync(new CreateChannelOptions(true, true), patience);
    }

    private static byte[] Batch(IReadOnlyList<PlannedEvent> events) =>
        JsonSerializer.SerializeToUtf8Bytes(events.Select(e => e.Body));
}
