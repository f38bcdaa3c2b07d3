using Npgsql;

namespace CsPlatform.Renewals.Contracts;

internal static class AccountLock
{
    /// <summary>
    /// Whoever writes an account's contracts or renewals waits here for the one before, until that one's transaction
    /// ends. So each sees the other's contracts, a term is continued whichever contract is signed first, and no append
    /// fails: a failed one would leave a gap in the sequence that holds the outbox up for a second.
    /// </summary>
    public static async Task Take(IDocumentSession session, Guid accountId, CancellationToken ct)
    {
        await session.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended(@account, 0))");
        command.Parameters.AddWithValue("account", accountId.ToString());
        await using var taken = await session.ExecuteReaderAsync(command, ct);
    }
}
