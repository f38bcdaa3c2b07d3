using System.Collections.Concurrent;
using Npgsql;

namespace CsPlatform.Health.Assessing;

/// <summary>
/// Judges every account anew, since silence sends no message. In portions, so that facts arriving meanwhile wait for no
/// more than one of them.
/// </summary>
internal sealed class HealthSweep(NpgsqlDataSource database, Assessor assessor)
{
    private const int PortionSize = 100, AtOnce = 2, TriesMax = 5;

    public async Task<AssessmentCounts> Run(CancellationToken ct)
    {
        using var activity = Telemetry.Source.StartActivity("sweep accounts");
        var done = new ConcurrentBag<AssessmentCounts>();
        await Parallel.ForEachAsync(
            (await Accounts(ct)).Chunk(PortionSize),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (portion, stop) =>
            {
                done.Add(await Judge(portion, stop));
                CrashPoint.Reach("sweep-portion-done");
            });
        return done.Aggregate(new AssessmentCounts(), (all, portion) => all.Plus(portion));
    }

    private async Task<AssessmentCounts> Judge(Guid[] portion, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
            try
            {
                return await assessor.Assess(portion, takeIn: null, traceOf: null, ct);
            }
            catch (Exception e) when (tries < TriesMax && Faults.IsAppendRace(e))
            {
                // Somebody acted on one of the alerts meanwhile: nothing of the portion was stored.
            }
    }

    /// <summary>Those of whom something is known and who have not left.</summary>
    private async Task<List<Guid>> Accounts(CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select account_id from health.account_fact join health.account_directory using (account_id)
             where registered and (score is not null or first_use_on is not null)
               and (stage is distinct from 'churned') order by account_id
            """);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await rows.ReadAsync(ct))
            ids.Add(rows.GetGuid(0));
        return ids;
    }
}
