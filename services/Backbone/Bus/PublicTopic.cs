using System.Diagnostics;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using CsPlatform.Contracts;
using CsPlatform.ServiceDefaults;
using Microsoft.Extensions.Hosting;
using Polly;
using RabbitMQ.Client;

namespace CsPlatform.Backbone;

/// <summary>An event for the outside: a CloudEvent that goes to a durable topic exchange.</summary>
/// <param name="Exchange">A topic exchange that <see cref="Topology"/> names for the service.</param>
/// <param name="RoutingKey">Dot-separated words, documented in the AsyncAPI description.</param>
/// <param name="Event">The event, complete but for <c>traceparent</c>, which the outbox adds.</param>
public sealed record PublicCloudEvent(string Exchange, string RoutingKey, CloudEvent Event);

/// <summary>
/// Publishes CloudEvents in structured JSON mode with publisher confirms. No subscriber is no fault: a topic exchange
/// drops what nobody asked for.
/// </summary>
internal sealed class PublicTopic(Uri broker, string service) : BackgroundService, IAsyncDisposable
{
    private static readonly JsonEventFormatter Formatter = new(Json.PublicEvents, default);

    private readonly ServiceTopology own = Topology.Services.Single(s => s.Name == service);
    private readonly SemaphoreSlim one = new(1);
    private IConnection? connection;
    private IChannel? channel;

    /// <summary>Returns once the broker has confirmed the event.</summary>
    public Task Publish(PublicCloudEvent message, string? traceparent, CancellationToken cancellationToken) =>
        Publish(message, mandatory: false, traceparent, cancellationToken);

    /// <summary>
    /// Sends the event to one queue alone, over the service's retelling exchange; fails where the queue is not bound to
    /// it.
    /// </summary>
    public Task Retell(PublicCloudEvent message, string queue, CancellationToken cancellationToken) => Publish(
        message with { Exchange = own.RetellingExchange, RoutingKey = queue }, mandatory: true, traceparent: null,
        cancellationToken);

    private async Task Publish(
        PublicCloudEvent message, bool mandatory, string? traceparent, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity($"publish {message.Exchange}", ActivityKind.Producer);
        activity?.SetTag("messaging.system", "rabbitmq").SetTag("messaging.operation.type", "send")
            .SetTag("messaging.destination.name", message.Exchange);
        traceparent = activity?.Id ?? traceparent;
        if (traceparent is not null)
            message.Event["traceparent"] = traceparent;
        var body = Formatter.EncodeStructuredModeMessage(message.Event, out var contentType);
        var properties = new BasicProperties
        {
            ContentType = contentType.ToString(),
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = message.Event.Id,
            Type = message.Event.Type,
        };
        if (traceparent is not null)
            properties.Headers = new Dictionary<string, object?> { ["traceparent"] = traceparent };

        await one.WaitAsync(cancellationToken);
        try
        {
            var open = await OpenChannel(cancellationToken);
            await open.BasicPublishAsync(
                message.Exchange, message.RoutingKey, mandatory, properties, body, cancellationToken);
            CrashPoint.Reach("topic-published");
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            await Close();
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>
    /// Declares the exchanges at the start: a subscriber may come before the first event, and may not declare them.
    /// </summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new ResiliencePipelineBuilder()
        .AddRetry(new() { MaxRetryAttempts = int.MaxValue, Delay = TimeSpan.FromSeconds(1) })
        .Build()
        .ExecuteAsync(async ct =>
        {
            await one.WaitAsync(ct);
            try
            {
                await OpenChannel(ct);
            }
            finally
            {
                one.Release();
            }
        }, stoppingToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await Close();
        one.Dispose();
    }

    private async Task<IChannel> OpenChannel(CancellationToken cancellationToken)
    {
        if (channel is { IsOpen: true })
            return channel;

        await Close();
        connection = await BrokerConnection.Factory(broker, $"{service} public events")
            .CreateConnectionAsync(cancellationToken);
        channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellationToken);
        await channel.ExchangeDeclareAsync(
            own.RetellingExchange, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
        foreach (var exchange in own.PublicTopics)
            await channel.ExchangeDeclareAsync(
                exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken);
        return channel;
    }

    private async Task Close()
    {
        if (connection is { } open)
        {
            (connection, channel) = (null, null);
            await open.DisposeAsync();
        }
    }
}
