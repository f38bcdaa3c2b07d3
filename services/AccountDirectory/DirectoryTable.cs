using System.Text.Json;
using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using Marten;
using Npgsql;

namespace CsPlatform.AccountDirectory;

/// <summary>
/// The table <c>account_directory</c> of a service. Each fact keeps the highest version, so that repeats and wrong
/// order leave the same row.
/// </summary>
/// <param name="service">Lower-case service name, also its schema.</param>
public sealed class DirectoryTable(string service)
{
    private readonly string table = $"{service}.account_directory";

    /// <summary>Writes who the account is.</summary>
    /// <param name="connection">In whose transaction, if it has one.</param>
    /// <param name="message">What Accounts says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task Write(NpgsqlConnection connection, AccountRegistered message, CancellationToken cancellationToken) =>
        Details(connection, message.AccountId, message.Details, message.Version, cancellationToken);

    /// <inheritdoc cref="Write(NpgsqlConnection, AccountRegistered, CancellationToken)"/>
    public Task Write(
        NpgsqlConnection connection, AccountDetailsCorrected message, CancellationToken cancellationToken) =>
        Details(connection, message.AccountId, message.Details, message.Version, cancellationToken);

    /// <summary>Writes another system's key of the account.</summary>
    /// <inheritdoc cref="Write(NpgsqlConnection, AccountRegistered, CancellationToken)"/>
    public Task Write(NpgsqlConnection connection, ExternalKeyLinked message, CancellationToken cancellationToken) =>
        Execute(connection, $"""
            insert into {table} as known (account_id, external_ids, external_versions)
            values ($1, jsonb_build_object($2::text, $3::text), jsonb_build_object($2::text, $4::bigint))
            on conflict (account_id) do update
               set external_ids = known.external_ids || excluded.external_ids,
                   external_versions = known.external_versions || excluded.external_versions
             where coalesce((known.external_versions ->> $2)::bigint, 0) < $4
            """, cancellationToken, message.AccountId, message.System, message.Key, message.Version);

    /// <summary>Writes the account's CSM.</summary>
    /// <inheritdoc cref="Write(NpgsqlConnection, AccountRegistered, CancellationToken)"/>
    public Task Write(NpgsqlConnection connection, CsmAssigned message, CancellationToken cancellationToken) =>
        Execute(connection, $"""
            insert into {table} as known (account_id, csm_id, csm_version) values ($1, $2, $3)
            on conflict (account_id) do update set csm_id = excluded.csm_id, csm_version = excluded.csm_version
             where known.csm_version < excluded.csm_version
            """, cancellationToken, message.AccountId, message.CsmId, message.Version);

    /// <summary>Writes the stage in which the account is.</summary>
    /// <inheritdoc cref="Write(NpgsqlConnection, AccountRegistered, CancellationToken)"/>
    public Task Write(NpgsqlConnection connection, StageEntered message, CancellationToken cancellationToken) =>
        Execute(connection, $"""
            insert into {table} as known (account_id, stage, stage_version) values ($1, $2, $3)
            on conflict (account_id) do update set stage = excluded.stage, stage_version = excluded.stage_version
             where known.stage_version < excluded.stage_version
            """, cancellationToken, message.AccountId, message.Stage, message.Version);

    /// <summary>What is kept of the account; null where it is not registered.</summary>
    /// <param name="session">Over whose connection it is read.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DirectoryEntry?> Find(
        IQuerySession session, Guid accountId, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            $"select name, tier, stage, csm_id, external_ids from {table} where account_id = $1 and registered");
        find.Parameters.Add(new() { Value = accountId });
        await using var row = await session.ExecuteReaderAsync(find, cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;

        return new(accountId, Text(0), Text(1), Text(2), Text(3),
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(4))!);

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    /// <summary>In whose book the account is; null where it is not registered.</summary>
    internal async Task<BookEntry?> BookOf(
        IQuerySession session, Guid accountId, CancellationToken cancellationToken) =>
        await Find(session, accountId, cancellationToken) is { } entry ? new(entry.CsmId) : null;

    private Task Details(
        NpgsqlConnection connection, Guid accountId, AccountDetails details, long version,
        CancellationToken cancellationToken) =>
        Execute(connection, $"""
            insert into {table} as known (account_id, registered, name, tier, details_version)
            values ($1, true, $2, $3, $4)
            on conflict (account_id) do update
               set registered = true, name = excluded.name, tier = excluded.tier,
                   details_version = excluded.details_version
             where known.details_version < excluded.details_version
            """, cancellationToken, accountId, details.Name, (object?)details.Tier ?? DBNull.Value, version);

    private static async Task Execute(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
