using CsPlatform.Engagement.Parking;
using CsPlatform.ServiceDefaults;
using Npgsql;

namespace CsPlatform.Engagement.SubjectKeys;

/// <summary>
/// A subject is known from now on, and what was parked for it counts: both in one transaction. Twice is harmless.
/// </summary>
internal sealed partial class SubjectLinkStore(
    NpgsqlDataSource database, SubjectStore subjects, ParkedCountStore counting, ILogger<SubjectLinkStore> log)
{
    public async Task Link(string subject, Guid account, CancellationToken cancellationToken)
    {
        if (!await IsLinked(subject, account, cancellationToken))
            await LinkAndCount(subject, account, cancellationToken);
        subjects.Remember([(subject, account)]);
    }

    private async Task<bool> IsLinked(string subject, Guid account, CancellationToken cancellationToken)
    {
        await using var select = database.CreateCommand(
            "select account_id from engagement.subject_key where subject = $1");
        select.Parameters.Add(new() { Value = subject });
        if (await select.ExecuteScalarAsync(cancellationToken) is not Guid known)
            return false;
        if (known != account)
            LogTaken(subject, known, account);
        return true;
    }

    private async Task LinkAndCount(string subject, Guid account, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await counting.EnsureDays(connection, subject, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var link = new NpgsqlBatch(connection))
        {
            // Waits for every writer that found the subject unknown; those that come later find it.
            link.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock($1, $2)")
            {
                Parameters =
                {
                    new() { Value = SubjectStore.LockClass },
                    new() { Value = SubjectStore.BucketOf(subject) },
                },
            });
            link.BatchCommands.Add(new NpgsqlBatchCommand(
                "insert into engagement.subject_key (subject, account_id) values ($1, $2) on conflict do nothing")
            {
                Parameters = { new() { Value = subject }, new() { Value = account } },
            });
            await link.ExecuteNonQueryAsync(cancellationToken);
        }

        await counting.CountParked(connection, transaction, subject, account, cancellationToken);
        CrashPoint.Reach("subject-linked");
        await transaction.CommitAsync(cancellationToken);
        CrashPoint.Reach("subject-committed");
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Subject {Subject} belongs to account {Known}; its link to {Account} is ignored")]
    private partial void LogTaken(string subject, Guid known, Guid account);
}
