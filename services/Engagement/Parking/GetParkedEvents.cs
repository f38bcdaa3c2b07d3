using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Parking;

/// <summary>What became of a parked item.</summary>
internal enum ParkedStatus
{
    /// <summary>Waits.</summary>
    Parked,

    /// <summary>Counted now; its id was taken when it was parked.</summary>
    Counted,

    /// <summary>Went through the intake again, which has taken it over.</summary>
    Taken,
}

/// <summary>A parked item without its bytes.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Reason">The code of the reason.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="Transport">http or amqp.</param>
/// <param name="Sender">The token's subject or the broker-checked user id.</param>
/// <param name="Source">As far as it could be read, like the two below.</param>
/// <param name="Seen">How often these same bytes came.</param>
/// <param name="Replays">How often a replay left it parked.</param>
internal sealed record ParkedEvent(
    long Id, string Reason, string Detail, ParkedStatus Status, string Transport, string? Sender, string? Source,
    string? EventId, string? Subject, DateTimeOffset ReceivedAt, int Seen, int Replays, DateTimeOffset? ResolvedAt);

/// <summary>A parked item with its bytes.</summary>
/// <param name="RawBase64">The bytes as they came.</param>
/// <param name="Text">The same as text, where they are valid UTF-8.</param>
/// <param name="Headers">Of the request or delivery.</param>
internal sealed record ParkedEventContent(
    ParkedEvent Item, string RawBase64, string? Text, IReadOnlyDictionary<string, string> Headers, string? Traceparent);

/// <summary>Reads what is parked.</summary>
internal static class GetParkedEventsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 500);

    private sealed record Place(long Id);

    private const string Columns =
        "parked_id, reason, detail, status, transport, sender, source, id, subject, received_at, seen, replays, "
        + "resolved_at";

    public static void MapGetParkedEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/parked-events", List)
            .WithName("ListParkedEvents").WithSummary("What waits, oldest first").WithTags(
                "Parked events").Require(Permissions.Operate)
            .WithMetadata(Limit)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/v1/parked-events/{id:long}", Get)
            .WithName("GetParkedEvent").WithSummary("One parked item with its bytes").WithTags("Parked events")
            .Require(Permissions.Operate)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static async Task<ParkedEvent?> Find(NpgsqlDataSource database, long id, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            $"select {Columns} from engagement.parked_event where parked_id = $1");
        select.Parameters.Add(new() { Value = id });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <exception cref="RefusedException">"invalid": no code of ours looks like that.</exception>
    public static void CheckReason(string? reason)
    {
        if (reason is not null && reason.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            throw RefusedException.Invalid("reason", "is a code in lower case, with dashes");
    }

    private static async Task<Ok<Page<ParkedEvent>>> List(
        NpgsqlDataSource database, CancellationToken cancellationToken, string? reason = null,
        string? after = null, int? limit = null)
    {
        CheckReason(reason);
        var take = Limit.Of(limit);
        var place = Cursor.Read<Place>(after) ?? new(0);
        await using var select = database.CreateCommand(
            $"""
            select {Columns} from engagement.parked_event
            where status = 'parked' and parked_id > $1 and ($2 is null or reason = $2)
            order by parked_id limit $3
            """);
        select.Parameters.Add(new() { Value = place.Id });
        select.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        select.Parameters.Add(new() { Value = take + 1 });
        var items = new List<ParkedEvent>();
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            items.Add(Read(reader));
        return TypedResults.Ok(Page.Of(items, take, i => Cursor.Of(new Place(i.Id))));
    }

    private static async Task<Ok<ParkedEventContent>> Get(
        long id, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            $"select {Columns}, raw, headers, traceparent from engagement.parked_event where parked_id = $1");
        select.Parameters.Add(new() { Value = id });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw RefusedException.Unknown("parked-event");

        var raw = reader.GetFieldValue<byte[]>(13);
        return TypedResults.Ok(new ParkedEventContent(
            Read(reader), Convert.ToBase64String(raw), Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : null,
            JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(14))!,
            reader.IsDBNull(15) ? null : reader.GetString(15)));
    }

    private static ParkedEvent Read(NpgsqlDataReader reader)
    {
        return new(
            reader.GetInt64(0), reader.GetString(1), reader.GetString(2),
            Enum.Parse<ParkedStatus>(reader.GetString(3), ignoreCase: true), reader.GetString(4),
            Text(5), Text(6), Text(7), Text(8), reader.GetFieldValue<DateTimeOffset>(9), reader.GetInt32(10),
            reader.GetInt32(11),
            reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
