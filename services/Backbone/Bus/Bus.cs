using CsPlatform.Contracts;
using CsPlatform.ServiceDefaults;
using JasperFx;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;

namespace CsPlatform.Backbone;

/// <summary>
/// The bus: a durable quorum queue named after the service, and further ones where it asks for them. A passing fault
/// (the database is away) is retried until it passes, a lost race at once, anything else a few times; then the message
/// goes to <c>{service}_error</c> with the reason in its headers, and those behind it go on. So does a message that
/// nothing here consumes, and one that was delivered too often without an answer because it kills its readers.
/// </summary>
public static class Bus
{
    private const int DeliveriesMax = 50;

    /// <summary>
    /// Connects the service. Call it before <see cref="EventStore.AddEventStore"/>, so that the bus stops after the
    /// daemon.
    /// </summary>
    /// <param name="builder">The service's builder; reads <c>ConnectionStrings__rabbitmq</c>, an amqp URI.</param>
    /// <param name="service">Lower-case service name, the queue's name.</param>
    /// <param name="hear">Says what the service hears, on the queue of its name or on further ones.</param>
    /// <param name="limits">Of the queue of its name; the usual ones unless given.</param>
    public static void AddBus(
        this IHostApplicationBuilder builder, string service, Action<Hearings> hear, QueueLimits? limits = null)
    {
        var queues = Hearings.Of(service, builder.Configuration, hear, limits ?? new());
        var broker = new Uri(builder.Configuration.RequiredConnectionString("rabbitmq"));
        var mandatory = Topology.Services.SelectMany(s => s.Consumes).ToHashSet();

        builder.Services.AddSingleton<BusTraffic>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<RetellingQueues>(services, broker));
        builder.Services.AddSingleton(_ => new PublicTopic(broker, service));
        builder.Services.AddSingleton(services => new FailedMessages(
            broker, service, [.. queues.Select(q => q.Name)], services.GetRequiredService<NpgsqlDataSource>(),
            services.GetRequiredService<ILogger<FailedMessages>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<FailedMessages>());
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<QueueWatch>(
            services, builder.Configuration.Number("Bus:DeafSeconds", 180, min: 5, max: 3_600)));
        builder.Services.AddHostedService(services => services.GetRequiredService<QueueWatch>());
        if (Topology.Services.Single(s => s.Name == service).PublicTopics.Count > 0)
            builder.Services.AddHostedService(services => services.GetRequiredService<PublicTopic>());
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(o =>
        {
            o.WaitUntilStarted = false; // the service starts, and says that it is not ready, while the broker is away
            o.StopTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry(); // MassTransit would report its use to its makers
            x.UsingRabbitMq((context, bus) =>
            {
                bus.Host(broker, host =>
                {
                    host.ConnectionName(service);
                    host.Heartbeat(BrokerConnection.Heartbeat);
                    host.OnRefreshConnectionFactory = factory =>
                    {
                        BrokerConnection.KeepAlive(factory);
                        return Task.CompletedTask;
                    };
                });
                var failed = new OneErrorQueue($"{service}_error");
                bus.SendTopology.ErrorQueueNameFormatter = failed;
                bus.SendTopology.ConfigureErrorSettings = KeepForEver;
                bus.SendTopology.DeadLetterQueueNameFormatter = failed;
                bus.SendTopology.ConfigureDeadLetterSettings = KeepForEver;
                bus.ConfigureJsonSerializerOptions(json =>
                {
                    // A message without what it needs is no message with nothing in it.
                    json.RespectNullableAnnotations = true;
                    json.RespectRequiredConstructorParameters = true;
                    return json;
                });
                bus.ConfigurePublish(publish => publish.UseExecute(message =>
                {
                    // A message that somebody must hear is refused by the broker while no queue takes it; the outbox
                    // waits.
                    if (message.TryGetPayload<RabbitMqSendContext>(out var sending) && IsHeard(message, mandatory))
                        sending.Mandatory = true;
                }));
                var traffic = context.GetRequiredService<BusTraffic>();
                bus.ConnectPublishObserver(traffic);
                bus.ConnectConsumeObserver(traffic);
                bus.ConnectReceiveObserver(traffic);
                var watch = context.GetRequiredService<QueueWatch>();
                foreach (var heard in queues)
                    bus.ReceiveEndpoint(heard.Name, queue =>
                    {
                        watch.Watch(queue);
                        Configure(queue, heard, $"{service}_error");
                        foreach (var publisher in PublishersTo(service))
                            queue.Bind(publisher.RetellingExchange, binding =>
                            {
                                binding.ExchangeType = ExchangeType.Direct;
                                binding.RoutingKey = heard.Name;
                            });
                        heard.Configure(queue, context);
                    });
            });
        });
    }

    private static void Configure(IRabbitMqReceiveEndpointConfigurator queue, Hearings heard, string errors)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", DeliveriesMax);
        queue.BindDeadLetterQueue(errors, errors, KeepForEver);
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.SetQueueArgument("x-overflow", "reject-publish"); // that strategy asks for it
        queue.PublishFaults = false; // a Fault<T> with a PostgresException inside cannot be serialised
        queue.PrefetchCount = (ushort)heard.Limits.Prefetch;
        queue.ConcurrentMessageLimit = heard.Limits.Concurrency;
        queue.UseFilter(new AcknowledgeRepeats());
        queue.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Faults.IsOutage);
            retry.Exponential(
                int.MaxValue, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(400));
        });
        if (heard.Limits.Retries.Count > 0)
            queue.UseMessageRetry(retry =>
            {
                retry.Handle<Exception>(e => !Faults.IsOutage(e) && !Faults.IsAppendRace(e) && !IsRepeat(e));
                retry.Intervals([.. heard.Limits.Retries]);
            });
        queue.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Faults.IsAppendRace);
            retry.Intervals(5, 20, 50, 100, 250, 500, 1000, 2000);
        });
    }

    /// <summary>
    /// Returns once the broker has confirmed the message, and ends with the token in any case. MassTransit's own
    /// Publish waits for ever, whatever its token says, where its channel was closed while it declared an exchange.
    /// </summary>
    /// <param name="bus">The service's bus.</param>
    /// <param name="message">One of <see cref="Topology"/>.</param>
    /// <param name="id">Message id, the same on every try; a new one when none is given.</param>
    /// <param name="cancellationToken">Ends the waiting; the message may arrive all the same.</param>
    public static Task PublishConfirmed(this IBus bus, object message, Guid? id, CancellationToken cancellationToken) =>
        bus.Publish(
            message, message.GetType(), context => context.MessageId = id ?? context.MessageId, cancellationToken)
            .WaitAsync(cancellationToken);

    /// <summary>The error queue, the same however it is made: what is in it leaves it only into the table.</summary>
    private static void KeepForEver(IRabbitMqQueueBindingConfigurator queue)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", int.MaxValue);
        foreach (var argument in (string[])["x-dead-letter-exchange", "x-dead-letter-strategy", "x-overflow"])
            queue.SetQueueArgument(argument, (object)null!);
    }

    /// <summary>
    /// What fails on any queue waits in one, with it what nobody here consumes, instead of in queues of their own.
    /// </summary>
    private sealed class OneErrorQueue(string name) : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
    {
        public string FormatErrorQueueName(string queueName) => name;

        public string FormatDeadLetterQueueName(string queueName) => name;
    }

    private static IEnumerable<ServiceTopology> PublishersTo(string service)
    {
        var heard = Topology.Services.Single(s => s.Name == service).Consumes;
        return Topology.Services.Where(s => s.Publishes.Intersect(heard).Any());
    }

    private static bool IsHeard(SendContext message, HashSet<Type> mandatory) =>
        message.GetType().GetGenericArguments() is [var type] && mandatory.Contains(type);

    private static bool IsRepeat(Exception exception) => exception switch
    {
        DocumentAlreadyExistsException { DocType: var type } => type == typeof(HandledMessage),
        PostgresException { SqlState: "23505", TableName: "mt_doc_handledmessage" } => true,
        AggregateException { InnerExceptions: var all } => all.Any(IsRepeat), // Marten joins the faults of a batch
        { InnerException: { } inner } => IsRepeat(inner),
        _ => false,
    };

    /// <summary>A message whose <see cref="HandledMessage"/> stands already had its effect.</summary>
    private sealed class AcknowledgeRepeats : IFilter<ConsumeContext>
    {
        public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            try
            {
                await next.Send(context);
                CrashPoint.Reach("message-handled");
            }
            catch (Exception e) when (IsRepeat(e))
            {
            }
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("acknowledgeRepeats");
    }
}
