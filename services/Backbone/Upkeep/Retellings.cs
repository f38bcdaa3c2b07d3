using JasperFx.Events;
using Marten;
using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// Tells the past again to one queue: stored events, in order, translated as the outbox does, under the same message
/// ids. It runs on the replica that leads the daemon; any replica asks for it by a row. Progress is stored when the
/// broker has confirmed a page, so whoever leads next goes on there, and a page that was cut off is told once more.
/// </summary>
/// <remarks>
/// What is told again is taken in by handlers that are idempotent by the versions of what they keep. Where the bus
/// keeps a mark of each message (<see cref="HandledMessage"/>), it has had its effect, and is skipped.
/// </remarks>
internal sealed partial class Retellings(
    IDocumentStore store, StoreSetup setup, NpgsqlDataSource database, OutboxTranslation translation, IBus bus,
    PublicTopic topic, ILogger<Retellings> log)
{
    /// <summary>Open until all is told, or the queue turned out not to be bound.</summary>
    public const string Sql = """
        create table if not exists retelling (
            id uuid primary key,
            queue text not null,
            types text[] not null,
            from_sequence bigint not null,
            told_sequence bigint not null,
            through_sequence bigint not null,
            sent bigint not null default 0,
            asked_at timestamptz not null default clock_timestamp(),
            done_at timestamptz,
            refusal text);
        create index if not exists retelling_open on retelling (asked_at, id) where done_at is null;
        """;

    private const int PageEvents = 200;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2), ConfirmTimeout = TimeSpan.FromSeconds(15);

    private readonly Uri exchange = new($"exchange:{Of(setup.Service).RetellingExchange}?type=direct");

    /// <summary>
    /// Asks for it. It ends where the outbox stands now: what comes later is told to everybody who hears it.
    /// </summary>
    public async Task<Retelling> Ask(
        Guid id, string queue, IReadOnlyList<string> types, long fromSequence, CancellationToken cancellationToken)
    {
        await using var ask = database.CreateCommand($"""
            insert into {setup.Service}.retelling (id, queue, types, from_sequence, told_sequence, through_sequence)
            select $1, $2, $3, $4, $4 - 1, greatest($4 - 1, coalesce(max(last_seq_id), 0))
            from {setup.Service}.mt_event_progression where name like 'outbox:%'
            """);
        ask.Parameters.Add(new() { Value = id });
        ask.Parameters.Add(new() { Value = queue });
        ask.Parameters.Add(new() { Value = types.ToArray() });
        ask.Parameters.Add(new() { Value = fromSequence });
        await ask.ExecuteNonQueryAsync(cancellationToken);
        CrashPoint.Reach("retelling-asked");
        return (await Find("id = $1", id, cancellationToken)).Single();
    }

    /// <summary>Those of a condition, the newest first.</summary>
    public async Task<IReadOnlyList<Retelling>> Find(string where, object? value, CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand($"""
            select id, queue, types, from_sequence, told_sequence, through_sequence, sent, asked_at, done_at, refusal
            from {setup.Service}.retelling where {where} order by asked_at desc, id desc limit 100
            """);
        if (value is not null)
            read.Parameters.Add(new() { Value = value });
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        List<Retelling> found = [];
        while (await row.ReadAsync(cancellationToken))
            found.Add(new(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetInt64(3), row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.GetFieldValue<DateTimeOffset>(7),
                row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
                row.IsDBNull(9) ? null : row.GetString(9)));
        return found;
    }

    /// <summary>What the leader does: tells what was asked for, the oldest first, one after the other.</summary>
    /// <param name="cancellationToken">Ends with the lead.</param>
    public async Task TellWhileLeading(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await Find("done_at is null", null, cancellationToken) is [.., var open])
                    await TellPage(open, cancellationToken);
                else
                    await Task.Delay(LookInterval, cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLater(e); // the broker or the database is away, or the queue is full: it goes on where it was
                await Task.Delay(LookInterval, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TellPage(Retelling open, CancellationToken cancellationToken)
    {
        await using var session = store.QuerySession();
        var page = await session.Events.QueryAllRawEvents()
            .Where(e => e.Sequence > open.ToldSequence && e.Sequence <= open.ThroughSequence)
            .OrderBy(e => e.Sequence).Take(PageEvents).ToListAsync(cancellationToken);
        try
        {
            var sent = await Task.WhenAll(page.GroupBy(translation.OrderBy)
                .Select(stream => TellInOrder(open, stream, cancellationToken)));
            CrashPoint.Reach("retelling-page-told");
            var told = page.Count < PageEvents ? open.ThroughSequence : page[^1].Sequence;
            await Note(open, told, sent.Sum(), refusal: null, cancellationToken);
        }
        catch (Exception e) when (IsReturned(e))
        {
            LogReturned(open.Queue);
            await Note(open, open.ToldSequence, 0, $"The queue is not bound to {Of(setup.Service).RetellingExchange}.",
                cancellationToken);
        }
    }

    private async Task<int> TellInOrder(
        Retelling retelling, IEnumerable<IEvent> stream, CancellationToken cancellationToken)
    {
        var sent = 0;
        foreach (var (message, id) in stream.SelectMany(translation.MessagesOf))
            if (retelling.Types.Contains(TypeOf(message)))
            {
                await Send(message, id, retelling.Queue, cancellationToken)
                    .WaitAsync(ConfirmTimeout, cancellationToken);
                sent++;
            }
        return sent;
    }

    private async Task Send(object message, Guid id, string queue, CancellationToken cancellationToken)
    {
        if (message is PublicCloudEvent publicEvent)
        {
            await topic.Retell(publicEvent, queue, cancellationToken);
            return;
        }
        var endpoint = await bus.GetSendEndpoint(exchange);
        await endpoint.Send(message, message.GetType(), Pipe.Execute<SendContext>(context =>
        {
            context.MessageId = id;
            context.SetRoutingKey(queue);
            if (context.TryGetPayload<RabbitMqSendContext>(out var sending))
                sending.Mandatory = true;
        }), cancellationToken);
    }

    /// <summary>Where another replica has been quicker, its note stands.</summary>
    private async Task Note(
        Retelling open, long toldSequence, int sent, string? refusal, CancellationToken cancellationToken)
    {
        await using var note = database.CreateCommand($"""
            update {setup.Service}.retelling
               set told_sequence = $3, sent = sent + $4, refusal = $5,
                   done_at = case when $3 >= through_sequence or $5 is not null then clock_timestamp() end
             where id = $1 and told_sequence = $2 and done_at is null
            """);
        note.Parameters.Add(new() { Value = open.Id });
        note.Parameters.Add(new() { Value = open.ToldSequence });
        note.Parameters.Add(new() { Value = toldSequence });
        note.Parameters.Add(new() { Value = (long)sent });
        note.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = refusal });
        await note.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A message's name, a public event's type.</summary>
    private static string TypeOf(object message) =>
        message is PublicCloudEvent { Event.Type: var type } ? type! : message.GetType().Name;

    private static bool IsReturned(Exception exception) => exception switch
    {
        MessageReturnedException or RabbitMQ.Client.Exceptions.PublishException { IsReturn: true } => true,
        { InnerException: { } inner } => IsReturned(inner),
        _ => false,
    };

    private static Contracts.ServiceTopology Of(string service) =>
        Contracts.Topology.Services.Single(s => s.Name == service);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A retelling does not go on for now; it is tried again")]
    private partial void LogLater(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A retelling ends: {Queue} is not bound to its exchange")]
    private partial void LogReturned(string queue);
}
