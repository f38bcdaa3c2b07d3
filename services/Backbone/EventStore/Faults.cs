using CsPlatform.ServiceDefaults;
using JasperFx;
using JasperFx.Events;
using Marten.Exceptions;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>What the exceptions of the event store, the database and the bus mean.</summary>
public static class Faults
{
    /// <summary>
    /// True where the database or the broker is away, full, read-only or too slow for now, so that the same call may
    /// succeed later.
    /// </summary>
    /// <param name="exception">Any exception; inner ones are looked at too.</param>
    public static bool IsOutage(Exception exception) => exception switch
    {
        // the server ended the connection, or let none be made
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => true,
        PostgresException e =>
            e.SqlState is ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..] or "25006",
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => true,
        RabbitMQ.Client.Exceptions.OperationInterruptedException => true,
        // A statement that failed while it was prepared is misread at its next use on that connection, which Npgsql
        // then closes with an exception of this very type (npgsql/npgsql#6391).
        { Source: nameof(Npgsql) } when exception.GetType() == typeof(Exception) => true,
        { InnerException: { } inner } => IsOutage(inner),
        _ => false,
    };

    /// <summary>True where another writer was first: reading again and deciding anew is safe.</summary>
    /// <param name="exception">Any exception of a transaction or of a Marten append.</param>
    public static bool IsAppendRace(Exception exception) => exception switch
    {
        AggregateException e => e.InnerExceptions.Any(IsAppendRace), // Marten joins the faults of a batch
        ConcurrencyException or EventStreamUnexpectedMaxEventIdException
            or Marten.Exceptions.ExistingStreamIdCollisionException
            or JasperFx.Events.ExistingStreamIdCollisionException
            or MartenCommandException { InnerException: PostgresException { SqlState: "23505" or "40P01" } } => true,
        SessionTransactionUnusableException { InnerException: { } inner } => IsAppendRace(inner),
        // The database rolled it back for others' sake; the first is Marten's name of the second.
        ConcurrentUpdateException or PostgresException { SqlState: "40001" or "40P01" } => true,
        _ => false,
    };

    /// <summary>True where a document of that id was there already: another has what was to be claimed.</summary>
    /// <param name="exception">Any exception of a save.</param>
    public static bool IsTaken(Exception exception) => exception switch
    {
        AggregateException e => e.InnerExceptions.Any(IsTaken),
        DocumentAlreadyExistsException => true,
        _ => false,
    };

    /// <summary>Over HTTP: 412 after a lost race, 503 in an outage, nothing otherwise.</summary>
    internal static RefusedException? Read(Exception exception) =>
        IsAppendRace(exception) ? new("version-changed",
            "Another change came first. Read again, then repeat with the new ETag.", 412)
        : IsOutage(exception) ? new("unavailable",
            "A part that this answer needs is away. Repeat the call later: "
            + "one that carries its own id takes effect once.",
            503)
        : null;
}
