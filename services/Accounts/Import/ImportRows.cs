using CsPlatform.Accounts.Life;
using JasperFx.Events;

namespace CsPlatform.Accounts.Import;

/// <summary>
/// Decides the rows of a file in their order, a hundred to a transaction, and saves them unless it is a dry run. Where
/// somebody else changed one of a hundred meanwhile, those are done one by one, so that only that row is refused.
/// </summary>
internal sealed class ImportRows(
    ISessionFactory sessions, Func<string?, bool> isInBook, bool dryRun, DateTimeOffset now)
{
    private const int RowsPerTransaction = 100;

    /// <summary>Keys and accounts of the rows taken so far, with their lines.</summary>
    private Dictionary<string, int> taken = [];

    public async Task<ImportReport> Report(IReadOnlyList<FileRow> rows, CancellationToken cancellationToken)
    {
        List<RowReport> reports = [];
        foreach (var chunk in rows.Chunk(RowsPerTransaction))
            reports.AddRange(await Together(chunk, cancellationToken));
        return ImportReport.Of(dryRun, reports);
    }

    private async Task<IReadOnlyList<RowReport>> Together(FileRow[] rows, CancellationToken cancellationToken)
    {
        var before = taken;
        taken = new(before);
        await using var session = sessions.OpenSession();
        try
        {
            var reports = await Plan(session, rows, cancellationToken);
            if (!dryRun)
                await session.SaveChangesAsync(cancellationToken);
            CrashPoint.Reach("import-rows-saved");
            return reports;
        }
        catch (Exception e) when (Faults.IsAppendRace(e) || LinkedKeys.TakenOf(e) is not null)
        {
            taken = before;
        }

        if (rows is [{ Row: { } single }])
            return [RowReport.Refused(single.Line, RowCodes.ChangedMeanwhile,
                "Another change of this account or its keys came first. Import the row again.")];

        List<RowReport> oneByOne = [];
        foreach (var row in rows)
            oneByOne.AddRange(await Together([row], cancellationToken));
        return oneByOne;
    }

    private async Task<IReadOnlyList<RowReport>> Plan(
        IDocumentSession session, FileRow[] rows, CancellationToken cancellationToken)
    {
        var keys = rows.SelectMany(r => r.Row?.Keys ?? []).Select(k => k.ToString()).Distinct().ToArray();
        var linked = await session.LoadManyAsync<LinkedKey>(cancellationToken, keys);
        var owners = linked.ToDictionary(k => k.Id, k => k.AccountId);
        var targets = rows.Where(r => r.Row is not null).ToDictionary(r => r.Row!.Line, r => Owners(r.Row!, owners));

        var batch = session.CreateBatchQuery();
        // In one order, and before anything is written, as every writer of an account locks its stream.
        var streams = targets.Values.Where(t => t.Count == 1).Select(t => t[0]).Distinct().Order()
            .ToDictionary(id => id, id => batch.Events.FetchForExclusiveWriting<Account>(id));
        await batch.Execute(cancellationToken);

        List<RowReport> reports = [];
        foreach (var (row, refused) in rows)
            reports.Add(refused ?? await Plan(session, row!, targets[row!.Line], streams));
        return reports;
    }

    private async Task<RowReport> Plan(
        IDocumentSession session, ImportedRow row, List<Guid> owners,
        Dictionary<Guid, Task<IEventStream<Account>>> streams)
    {
        if (owners.Count > 1)
            return RowReport.Refused(
                row.Line, RowCodes.KeysOfTwoAccounts, "The row's keys belong to different accounts.");

        var id = owners[0];
        var marks = row.Keys.Select(k => k.ToString()).Append(id.ToString()).ToList();
        if (marks.Where(taken.ContainsKey).Select(m => taken[m]).FirstOrDefault() is > 0 and var line)
            return RowReport.Refused(row.Line, RowCodes.DuplicateInFile, $"Line {line} is about the same account.");

        var stream = await streams[id];
        if (!isInBook(stream.Aggregate?.CsmId))
            return RowReport.Refused(row.Line, RowCodes.OutsideBook, "The account is in another CSM's book.");

        try
        {
            var events = row.Decide(stream.Aggregate, now);
            stream.AppendMany(events);
            LinkedKeys.Claim(session, id, events);
            foreach (var mark in marks)
                taken[mark] = row.Line;

            return (stream.Aggregate, events.Count) switch
            {
                (null, _) => new RowReport(row.Line, RowOutcome.Created, id, null, null, []),
                (_, 0) => new RowReport(row.Line, RowOutcome.Unchanged, id, null, null, []),
                _ => new RowReport(row.Line, RowOutcome.Updated, id, null, null, ImportedRow.Changes(events)),
            };
        }
        catch (RefusedException e)
        {
            return RowReport.Refused(row.Line, e.Code, e.Message);
        }
    }

    /// <summary>The accounts that have one of the row's keys; where none has, the one that the row creates.</summary>
    private static List<Guid> Owners(ImportedRow row, Dictionary<string, Guid> owners)
    {
        var keys = row.Keys.Select(k => k.ToString());
        var found = keys.Where(owners.ContainsKey).Select(k => owners[k]).Distinct().ToList();
        return found.Count > 0 ? found : [row.NewId];
    }
}
