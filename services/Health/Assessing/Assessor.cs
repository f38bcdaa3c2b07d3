using System.Data;
using System.Diagnostics;
using System.Text.Json;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;
using Npgsql;
using NpgsqlTypes;

namespace CsPlatform.Health.Assessing;

/// <summary>
/// Takes facts in and judges the accounts that they are about, in one transaction: facts, scores, alerts and their
/// events stand together or not at all. Set-based: a few queries for any number of accounts. Accounts are locked in the
/// order of their ids, so two replicas never judge one account at the same time, nor wait for each other in a circle.
/// </summary>
internal sealed class Assessor(
    NpgsqlDataSource database, IDocumentStore store, DefaultModelSeed seed, TimeProvider clock)
{
    /// <param name="accountIds">Whom to judge.</param>
    /// <param name="takeIn">Writes the facts that led here; none in a sweep.</param>
    /// <param name="traceOf">The trace of which an account's events are part, where it is not the present one.</param>
    public async Task<AssessmentCounts> Assess(
        IReadOnlyCollection<Guid> accountIds, Func<NpgsqlConnection, DateTimeOffset, Task>? takeIn,
        Func<Guid, string?>? traceOf,
        CancellationToken ct)
    {
        var ids = accountIds.Distinct().Order().ToArray();
        var now = clock.GetUtcNow();
        var since = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginAsync(ct);
        await Lock(connection, ids, ct);
        if (takeIn is not null)
            await takeIn(connection, now);
        CrashPoint.Reach("facts-taken-in");

        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        session.LastModifiedBy = "health";
        var counts = await Judge(connection, session, ids, now, traceOf, ct);
        await session.SaveChangesAsync(ct);
        CrashPoint.Reach("assessment-saved");
        await transaction.CommitAsync(ct);
        CrashPoint.Reach("assessment-committed");
        HealthTelemetry.Count(counts, since);
        return counts;
    }

    /// <summary>Takes in one fact and judges its account.</summary>
    public Task Assess(Guid accountId, Func<NpgsqlConnection, DateTimeOffset, Task> takeIn, CancellationToken ct) =>
        Assess([accountId], takeIn, traceOf: null, ct);

    private async Task<AssessmentCounts> Judge(
        NpgsqlConnection connection, IDocumentSession session, Guid[] ids, DateTimeOffset now,
        Func<Guid, string?>? traceOf,
        CancellationToken ct)
    {
        var models = await session.LoadAsync<ModelHistory>(ModelHistory.StreamId(DefaultModel.Id), ct)
            ?? await seed.Current(ct);
        // Scores and alerts of earlier versions are worked out again by their own.
        var facts = await ScoredFacts.Read(connection, ids, [.. models.Versions.Select(v => v.Model)], now, ct);
        var before = (await session.LoadManyAsync<AccountHealth>(ct, ids)).ToDictionary(h => h.Id);
        var cooledDown = now.AddDays(-models.Current.Alerts.CoolDownDays);
        var alerts = (await session.QueryAsync<Alert>(
                "where account_id = any(?) and (open or (data ->> 'closedAt')::timestamptz > ?)", ct, ids, cooledDown))
            .ToLookup(a => (a.AccountId, a.Category));

        var counts = new AssessmentCounts();
        var seen = new List<Assessment>(ids.Length);
        var events = new Appender(session, traceOf);
        foreach (var known in facts.Values.Where(f => f.Account.Registered))
        {
            var assessment = Assessment.Of(models, known, before.GetValueOrDefault(known.Account.AccountId), now);
            seen.Add(assessment);
            events.Append(assessment);
            foreach (var category in Enum.GetValues<AlertCategory>())
            {
                var current = alerts[(known.Account.AccountId, category)].OrderByDescending(a => a.Open)
                    .ThenByDescending(a => a.ClosedAt).FirstOrDefault();
                var decided = AlertDecider.Decide(assessment, category, current, models, Guid.CreateVersion7(now));
                events.Append(known.Account.AccountId, current, decided);
                counts = counts.Plus(decided);
            }
        }
        await KeepScores(connection, seen, ct);
        return counts with { Scored = seen.Count(a => a.Now.Contributions.Count > 0), Changed = seen.Count(a => a.Events.Count > 0) };
    }

    private static async Task Lock(NpgsqlConnection connection, Guid[] ids, CancellationToken ct)
    {
        // Facts may come before the account's registration: the row is made for them to wait in.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("insert into health.account_fact (account_id) select unnest($1::uuid[]) on conflict do nothing") { Parameters = { new() { Value = ids } } },
                new("select 1 from health.account_fact where account_id = any($1) order by account_id for update") { Parameters = { new() { Value = ids } } },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static async Task KeepScores(NpgsqlConnection connection, List<Assessment> seen, CancellationToken ct)
    {
        // Who lost the last fact, as a withdrawn answer, has no score any more.
        var scored = seen.Where(a => !a.Facts.Account.Churned)
            .Select(a => (a.Facts.Account.AccountId, a.Now, a.Band, Known: a.Now.Contributions.Count > 0)).ToList();
        if (scored.Count == 0)
            return;

        // Told to others: a change of a point, of the band, and any change on another day.
        await using var command = new NpgsqlCommand("""
            update health.account_fact a set score = s.score, coverage = s.coverage, band = s.band,
              scored_at = s.scored_at, drivers = s.drivers,
              (told_score, told_band, told_at) = (select s.score, s.band, s.scored_at
                where a.told_at is null or a.told_band is distinct from s.band or abs(s.score - a.told_score) >= 1
                  or (a.told_at at time zone 'UTC')::date < (s.scored_at at time zone 'UTC')::date
                union all select a.told_score, a.told_band, a.told_at limit 1)
              from unnest($1, $2, $3, $4, $5, $6) as s(account_id, score, coverage, band, scored_at, drivers)
             where a.account_id = s.account_id
               and ((a.score, a.coverage, a.band) is distinct from (s.score, s.coverage, s.band)
                 or a.told_score is distinct from s.score
                   and (a.told_at at time zone 'UTC')::date < (s.scored_at at time zone 'UTC')::date)
            returning a.account_id, a.told_at = a.scored_at
            """, connection);
        Add(command, NpgsqlDbType.Uuid, scored.Select(a => a.AccountId).ToArray());
        Add(command, NpgsqlDbType.Numeric, scored.Select(a => a.Known ? a.Now.Value : (decimal?)null).ToArray());
        Add(command, NpgsqlDbType.Numeric, scored.Select(a => a.Known ? a.Now.Coverage : (decimal?)null).ToArray());
        Add(command, NpgsqlDbType.Text, scored.Select(a => a.Band?.ToString().ToLowerInvariant()).ToArray());
        Add(command, NpgsqlDbType.TimestampTz, scored.Select(a => a.Now.AsOf).ToArray());
        Add(command, NpgsqlDbType.Jsonb, scored.Select(a => JsonSerializer.Serialize(
            HealthFiguresPublisher.Drivers(a.Now), JsonSerializerOptions.Web)).ToArray());
        List<Guid> told = [];
        await using (var row = await command.ExecuteReaderAsync(ct))
            while (await row.ReadAsync(ct))
                if (row.GetBoolean(1))
                    told.Add(row.GetGuid(0));
        await connection.FiguresChange("health", told, ct);
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType element, object value) =>
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Array | element });
}

/// <summary>What an assessment of several accounts came to.</summary>
/// <param name="Scored">Accounts of which something is known.</param>
/// <param name="Changed">Scores stored.</param>
/// <param name="Raised">Alerts raised or reopened.</param>
/// <param name="Cleared">Alerts cleared or retracted.</param>
internal sealed record AssessmentCounts(int Scored = 0, int Changed = 0, int Raised = 0, int Cleared = 0)
{
    public AssessmentCounts Plus(IReadOnlyList<IAlertEvent> events) => this with
    {
        Raised = Raised + events.Count(e => e is AlertRaised or AlertReopened or AlertSurfaced),
        Cleared = Cleared + events.Count(e => e is AlertCleared or AlertRetracted),
    };

    public AssessmentCounts Plus(AssessmentCounts other) =>
        new(Scored + other.Scored, Changed + other.Changed, Raised + other.Raised, Cleared + other.Cleared);
}
