using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>Transactions that have begun.</summary>
public static class Transactions
{
    /// <summary>
    /// Begins a transaction and returns once the server is in it. Npgsql sends BEGIN along with the first statement;
    /// where BEGIN fails (cancelled, timed out), that statement runs alone and stands, though all of it is then said to
    /// have failed.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellationToken">Ends the wait; nothing has been done then.</param>
    public static async Task<NpgsqlTransaction> BeginAsync(
        this NpgsqlConnection connection, CancellationToken cancellationToken = default)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await using var begun = new NpgsqlCommand("select", connection);
            await begun.ExecuteNonQueryAsync(cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }
}
