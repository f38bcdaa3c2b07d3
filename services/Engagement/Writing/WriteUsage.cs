using CsPlatform.Engagement.DailyUse;
using CsPlatform.Engagement.FirstUse;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;
using Npgsql;

namespace CsPlatform.Engagement.Writing;

/// <summary>
/// The one transaction of usage events: the claim of each id, its row, its effect on the day's figures, what is parked,
/// and the marks of changed days. All or nothing, so a failed write leaves no claim.
/// </summary>
/// <remarks>
/// Concurrent writers take locks in one order and so don't deadlock: claims, subjects, parked rows, users of days,
/// days, marks, features of days, first uses, streams; each kind sorted.
/// </remarks>
internal sealed class WriteUsage(
    NpgsqlDataSource database, SourceTable sources, DayPartitions days, SubjectTable subjects, RecordFirstUse firstUse,
    ClaimTable claiming, DayMemory memory, TimeProvider clock, UsageLimits limits)
{
    /// <summary>Writes all entries and sets their results; nothing is written when it throws.</summary>
    public async Task Write(IReadOnlyList<Entry> entries)
    {
        if (entries.Count == 0)
            return;

        var claims = new List<Claim>(entries.Count);
        var parked = new List<ParkedItem>();
        await using var connection = await database.OpenConnectionAsync();
        await sources.Learn(connection, entries);
        foreach (var entry in entries)
        {
            if (entry.Item.Event is { } e)
                claims.Add(new Claim(entry, e, sources.IdOf(e.Source)));
            else
                parked.Add(ParkedItem.Refused(entry, entry.Item.Refusal!));
        }

        await days.Ensure(connection, claims.Select(c => c.OccurredAt).Where(time => ReasonToPark(time) is null));

        await using var transaction = await claiming.BeginTaking(connection, claims);
        CrashPoint.Reach("intake-claimed");
        var counted = await Place(connection, claims, parked);
        await ParkedEventRows.Insert(connection, parked);
        var changed = await Count(connection, transaction, counted);
        CrashPoint.Reach("intake-written");
        await transaction.CommitAsync();
        CrashPoint.Reach("intake-committed");

        memory.Remember(changed);
        subjects.Remember(counted.Select(c => (c.Event.Subject, c.AccountId)));
        firstUse.Remember(counted);
        foreach (var claim in claims)
            claim.Entry.Submission.Results[claim.Entry.Index] = claim.Outcome ?? new ItemResult(ItemStatus.Accepted);
    }

    /// <summary>The effect of events that are claimed and placed. Part of the caller's transaction.</summary>
    /// <returns>What it adds to days, as far as the database did not have it.</returns>
    public async Task<IReadOnlyList<DayDelta>> Count(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<CountedUse> uses)
    {
        if (uses.Count == 0)
            return [];
        try
        {
            await UsageEventRows.Insert(connection, uses);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // A day that we knew has no partition: dropped since, or made by a transaction that was rolled back.
            days.Forget();
            throw;
        }

        var changed = memory.News(DayFold.Fold(uses));
        await DayFigureRows.Add(connection, changed);
        await firstUse.Record(transaction, uses);
        return changed;
    }

    /// <summary>Too far from our clock to be believed; the reason why it is parked.</summary>
    public (string Code, string Detail)? ReasonToPark(DateTimeOffset? time)
    {
        if (time is not { } at)
            return null;
        var now = clock.GetUtcNow();
        if (at > now.AddHours(limits.FutureHours))
            return (IntakeCodes.TimeInFuture, $"More than {limits.FutureHours} hours ahead of our clock.");
        if (at < now.AddYears(-limits.PastYears))
            return (IntakeCodes.TimeTooOld,
                $"More than {limits.PastYears} years ago; replay it if a back-fill is meant.");
        return null;
    }

    /// <summary>Another writer was first: the same write may succeed now.</summary>
    public static bool IsLostRace(Exception exception) =>
        exception is PostgresException { SqlState: "55P03" or PostgresErrorCodes.CheckViolation }
            || Faults.IsAppendRace(exception);

    /// <summary>
    /// Data exceptions, broken constraints, values too large for an index; anything else is no event's fault.
    /// </summary>
    public static bool IsAboutTheData(Exception exception, out string code)
    {
        code = exception is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] } e ? e.SqlState : "";
        return code.Length > 0 && code != PostgresErrorCodes.CheckViolation;
    }

    private async Task<List<CountedUse>> Place(NpgsqlConnection connection, List<Claim> claims, List<ParkedItem> parked)
    {
        var counted = new List<CountedUse>(claims.Count);
        var unplaced = new List<Claim>();
        foreach (var claim in claims)
        {
            if (claim.Outcome is { Status: ItemStatus.Refused } conflict && claim.Entry.Origin.ParksRefusals)
                parked.Add(
                    ParkedItem.Refused(claim.Entry, new UsageEventRefusedException(conflict.Code!, conflict.Detail!)));
            if (claim.Outcome is not null)
                continue;

            if (ReasonToPark(claim.Event.Time) is { } reason)
                parked.Add(claim.Park(reason.Code, reason.Detail));
            else if (subjects.TryRecall(claim.Event.Subject, out var account))
                counted.Add(claim.CountFor(account));
            else
                unplaced.Add(claim);
        }

        if (unplaced.Count == 0)
            return counted;

        var found = await subjects.FindOrHold(connection, unplaced.Select(c => c.Event.Subject));
        foreach (var claim in unplaced)
        {
            if (found.TryGetValue(claim.Event.Subject, out var account))
                counted.Add(claim.CountFor(account));
            else
                parked.Add(claim.Park(IntakeCodes.UnknownSubject, "Kept, and counted when its subject is registered."));
        }

        return counted;
    }
}
