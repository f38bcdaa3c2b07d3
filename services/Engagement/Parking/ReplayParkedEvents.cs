using System.Diagnostics;
using CsPlatform.Engagement.Intake;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using CsPlatform.Engagement.Writing;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Engagement.Parking;

/// <summary>How a replay of many went.</summary>
/// <param name="Resolved">Counted or taken in now.</param>
/// <param name="StillParked">Their reason stands.</param>
/// <param name="Next">Pass it as <c>after</c> to go on; null when all were tried.</param>
internal sealed record ReplayReport(int Resolved, int StillParked, long? Next);

/// <summary>
/// Tries parked items again, after a fix. An item that was resolved stays so, whoever asks again. A replay vouches for
/// an old time, not for a future one.
/// </summary>
internal sealed class ReplayParked(
    NpgsqlDataSource database, WriteUsage usage, CountParked counting, SubjectTable subjects, DayPartitions days,
    IntakeWriter writer, AmqpPublishers publishers, UsageLimits limits)
{
    /// <returns>The item after the replay; null when there is none of this id.</returns>
    public async Task<ParkedEvent?> Replay(long id, CancellationToken cancellationToken)
    {
        var parked = await GetParkedEventsEndpoint.Find(database, id, cancellationToken);
        if (parked is not { Status: ParkedStatus.Parked })
            return parked;

        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            var (isClaimed, raw, headers) = await ReadContent(connection, id, cancellationToken);
            if (isClaimed)
                await ReplayClaimed(connection, parked, raw, cancellationToken);
            else
                await ReplayUnclaimed(connection, parked, raw, headers, cancellationToken);
        }

        return await GetParkedEventsEndpoint.Find(database, id, cancellationToken);
    }

    public async Task<ReplayReport> ReplayAll(
        string? reason, long after, int limit, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        await using (var select = database.CreateCommand(
            """
            select parked_id from engagement.parked_event
            where status = 'parked' and ($1 is null or reason = $1) and parked_id > $2 order by parked_id limit $3
            """))
        {
            select.Parameters.Add(new() { Value = (object?)reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            select.Parameters.Add(new() { Value = after });
            select.Parameters.Add(new() { Value = limit });
            await using var reader = await select.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                ids.Add(reader.GetInt64(0));
        }

        var resolved = 0;
        foreach (var id in ids)
            if (await Replay(id, cancellationToken) is { Status: not ParkedStatus.Parked })
                resolved++;
        return new ReplayReport(resolved, ids.Count - resolved, ids.Count == limit ? ids[^1] : null);
    }

    /// <summary>An event whose id is taken: only its effect is missing.</summary>
    private async Task ReplayClaimed(
        NpgsqlConnection connection, ParkedEvent parked, byte[] raw, CancellationToken cancellationToken)
    {
        var item = new UsageEventParser(limits).Parse(raw);
        var occurredAt = item.Event?.Time ?? parked.ReceivedAt;
        var tooEarly = usage.ReasonToPark(item.Event?.Time) is { Code: IntakeCodes.TimeInFuture } reason
            ? reason
            : default;
        if (item.Event is not null && tooEarly == default)
            await days.Ensure(connection, [occurredAt]);

        await using var transaction = await connection.BeginAsync(cancellationToken);
        // The subject is held before the row, in the order of all writers.
        var known = item.Event is { } e && tooEarly == default ? await Find(connection, e.Subject) : null;
        if (!await Lock(connection, parked.Id, cancellationToken))
            return;

        if (item.Event is null)
            await CountParked.Restate(connection, parked.Id, item.Refusal!.Code, item.Refusal.Message);
        else if (tooEarly != default)
            await CountParked.Restate(connection, parked.Id, tooEarly.Code, tooEarly.Detail);
        else if (known is { } account)
            await counting.Count(connection, transaction, [new ParkedRow(parked.Id, raw, parked.ReceivedAt)], account);
        else
            await CountParked.Restate(
                connection, parked.Id, IntakeCodes.UnknownSubject, "Kept, and counted when its subject is registered.");
        CrashPoint.Reach("parked-replay-counted");
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Bytes that were no event: through the intake as if delivered now. The claim of the id keeps a second try
    /// harmless, so the row may be closed in a transaction of its own.
    /// </summary>
    private async Task ReplayUnclaimed(
        NpgsqlConnection connection, ParkedEvent parked, byte[] raw, string headers,
        CancellationToken cancellationToken)
    {
        var items = publishers.Judge(raw, parked.Sender, limits);
        var origin = new Origin(
            parked.Transport, parked.Sender, headers, parked.ReceivedAt, Activity.Current?.Id,
            ParksRefusals: items.Count > 1);
        var submission = new Submission(origin, items);
        if (submission.Entries().Any())
            await writer.Write(submission, cancellationToken);

        if (items.Count == 1 && submission.Results[0] is { Status: ItemStatus.Refused } refused)
        {
            await CountParked.Restate(connection, parked.Id, refused.Code!, refused.Detail!);
            return;
        }

        CrashPoint.Reach("parked-replay-taken");
        await using var update = new NpgsqlCommand(
            """
            update engagement.parked_event set status = 'taken', resolved_at = now()
            where parked_id = $1 and status = 'parked'
            """, connection);
        update.Parameters.Add(new() { Value = parked.Id });
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Guid?> Find(NpgsqlConnection connection, string subject) =>
        (await subjects.FindOrHold(connection, [subject])).TryGetValue(subject, out var account) ? account : null;

    private static async Task<bool> Lock(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(
            "select status = 'parked' from engagement.parked_event where parked_id = $1 for update", connection);
        select.Parameters.Add(new() { Value = id });
        return await select.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<(bool IsClaimed, byte[] Raw, string Headers)> ReadContent(
        NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(
            "select claimed, raw, headers from engagement.parked_event where parked_id = $1", connection);
        select.Parameters.Add(new() { Value = id });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetBoolean(0), reader.GetFieldValue<byte[]>(1), reader.GetString(2));
    }
}

/// <summary>Lets those who run the system replay.</summary>
internal static class ReplayParkedEventsEndpoint
{
    public static void MapReplayParkedEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/parked-events/{id:long}/replay", ReplayOne)
            .WithName("ReplayParkedEvent").WithSummary("Try one parked item again; twice is harmless")
            .WithTags("Parked events").Require(Permissions.Operate)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapPost("/v1/parked-events/replay", ReplayMany)
            .WithName("ReplayParkedEvents")
            .WithSummary("Try parked items again: all, or those of one reason; twice is harmless")
            .WithTags("Parked events").Require(Permissions.Operate)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<ParkedEvent>> ReplayOne(
        long id, ReplayParked replays, CancellationToken cancellationToken) =>
        await replays.Replay(id, cancellationToken) is { } parked
            ? TypedResults.Ok(parked)
            : throw RefusedException.Unknown("parked-event");

    private static async Task<Ok<ReplayReport>> ReplayMany(
        ReplayParked replays, CancellationToken cancellationToken, string? reason = null, long after = 0,
        int limit = 1000)
    {
        GetParkedEventsEndpoint.CheckReason(reason);
        return limit is >= 1 and <= 10_000
            ? TypedResults.Ok(await replays.ReplayAll(reason, after, limit, cancellationToken))
            : throw RefusedException.Invalid("limit", "is a number from 1 to 10000");
    }
}
