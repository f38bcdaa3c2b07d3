using CsPlatform.Engagement.Writing;
using Npgsql;

namespace CsPlatform.Engagement.SubjectKeys;

/// <summary>
/// A subject is known from now on, and then what was parked for it counts. Twice is harmless, and finishes what the
/// first time left; so does the message that comes again after a crash.
/// </summary>
internal sealed partial class LinkSubject(
    NpgsqlDataSource database, SubjectTable subjects, CountParked counting, ILogger<LinkSubject> log)
{
    public async Task Link(string subject, Guid account, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var owner = await Find(connection, subject, cancellationToken)
            ?? await Register(connection, subject, account, cancellationToken);
        if (owner != account)
            LogTaken(subject, owner, account);
        subjects.Remember([(subject, owner)]);
        await counting.OfSubject(connection, subject, owner, cancellationToken);
    }

    private static async Task<Guid?> Find(
        NpgsqlConnection connection, string subject, CancellationToken cancellationToken)
    {
        await using var select = new NpgsqlCommand(
            "select account_id from engagement.subject_key where subject = $1", connection);
        select.Parameters.Add(new() { Value = subject });
        return (Guid?)await select.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>
    /// A transaction of its own, as short as can be: every writer that meets an unknown subject waits for its lock.
    /// </summary>
    /// <returns>Whose it is: another's where that one's link was first.</returns>
    private static async Task<Guid> Register(
        NpgsqlConnection connection, string subject, Guid account, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginAsync(cancellationToken);
        await using (var link = new NpgsqlBatch(connection))
        {
            // Waits for every writer that found the subject unknown; those that come later find it.
            link.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock($1, $2)")
            {
                Parameters =
                {
                    new() { Value = SubjectTable.LockClass },
                    new() { Value = SubjectTable.BucketOf(subject) },
                },
            });
            link.BatchCommands.Add(new NpgsqlBatchCommand(
                "insert into engagement.subject_key (subject, account_id) values ($1, $2) on conflict do nothing")
            {
                Parameters = { new() { Value = subject }, new() { Value = account } },
            });
            await link.ExecuteNonQueryAsync(cancellationToken);
        }

        CrashPoint.Reach("subject-linked");
        await transaction.CommitAsync(cancellationToken);
        CrashPoint.Reach("subject-committed");
        return (await Find(connection, subject, cancellationToken))!.Value;
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Subject {Subject} belongs to account {Known}; its link to {Account} is ignored")]
    private partial void LogTaken(string subject, Guid known, Guid account);
}
