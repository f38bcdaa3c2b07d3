using System.Text;
using CsPlatform.Contracts.Access;
using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>A message that could not be handled.</summary>
/// <param name="Id">The message id.</param>
/// <param name="MessageType">The contract, as the message names it.</param>
/// <param name="Reason">The last error.</param>
/// <param name="FailedAt">UTC.</param>
/// <param name="ReplayedAt">UTC; absent while it waits.</param>
/// <param name="Body">The message as it came; in the single answer only.</param>
internal sealed record FailedMessage(
    Guid Id, string MessageType, string Reason, DateTimeOffset FailedAt, DateTimeOffset? ReplayedAt,
    string? Body = null);

/// <summary>How a replay of all went.</summary>
/// <param name="Replayed">Messages that are back on the queue; one that fails again waits anew.</param>
internal sealed record ReplayedMessages(int Replayed);

/// <summary>The ops API over messages that could not be handled: list, inspect, replay.</summary>
internal static class FailedMessagesEndpoints
{
    private static readonly Limit Limit = new(UnlessAsked: 100, Max: 500);

    private sealed record Place(DateTimeOffset FailedAt, Guid Id)
    {
        public static readonly Place Start = new(DateTimeOffset.UnixEpoch, Guid.Empty);
    }

    public static void MapFailedMessages(this IEndpointRouteBuilder routes, string service)
    {
        var group = routes.MapGroup("/v1/failed-messages").WithTags("Operations").Require(Permissions.Operate);
        group.MapGet("", (NpgsqlDataSource database, string? after, int? limit, CancellationToken cancellationToken) =>
                List(database, service, Cursor.Read<Place>(after) ?? Place.Start, Limit.Of(limit), cancellationToken))
            .WithName("ListFailedMessages").WithSummary("Messages that wait for a replay, oldest first")
            .WithMetadata(Limit);
        group.MapGet("/{id:guid}", (Guid id, NpgsqlDataSource database, CancellationToken cancellationToken) =>
                Get(database, service, id, cancellationToken))
            .WithName("GetFailedMessage").WithSummary("One failed message with its body");
        group.MapPost("/{id:guid}/replay", async (
            Guid id, FailedMessages messages, CancellationToken cancellationToken) =>
            {
                await messages.Replay(id, cancellationToken);
                return TypedResults.Accepted((string?)null);
            })
            .WithName("ReplayFailedMessage").WithSummary("Puts the message back on the queue; safe to repeat")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/replay", async (FailedMessages messages, CancellationToken cancellationToken) =>
                TypedResults.Ok(new ReplayedMessages(await messages.ReplayAll(cancellationToken))))
            .WithName("ReplayFailedMessages")
            .WithSummary("Puts all that wait now back on the queue, oldest first; safe to repeat")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<Page<FailedMessage>>> List(
        NpgsqlDataSource database, string service, Place after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select id, message_type, reason, failed_at, replayed_at, null::bytea from {service}.failed_message
            where replayed_at is null and (failed_at, id) > ($1, $2)
            order by failed_at, id limit $3
            """);
        command.Parameters.AddWithValue(after.FailedAt);
        command.Parameters.AddWithValue(after.Id);
        command.Parameters.AddWithValue(limit + 1);
        return TypedResults.Ok(
            Page.Of(await Read(command, cancellationToken), limit, m => Cursor.Of(new Place(m.FailedAt, m.Id))));
    }

    private static async Task<Ok<FailedMessage>> Get(
        NpgsqlDataSource database, string service, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select id, message_type, reason, failed_at, replayed_at, body from {service}.failed_message
            where id = $1
            """);
        command.Parameters.AddWithValue(id);
        return (await Read(command, cancellationToken)) is [var message]
            ? TypedResults.Ok(message)
            : throw RefusedException.Unknown("failed-message");
    }

    private static async Task<List<FailedMessage>> Read(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        List<FailedMessage> items = [];
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            items.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(5))));
        return items;
    }
}
