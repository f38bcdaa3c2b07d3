using Npgsql;

namespace CsPlatform.Local.Platform;

/// <summary>
/// One database and three roles per service: the owner migrates; the service itself runs as a role that reaches no
/// other database, changes no schema and no event; the privacy role masks personal data in events and does nothing
/// else.
/// </summary>
internal sealed class Databases(string admin, string suffix, Func<string, string> password)
{
    public string Name(string service) => service + suffix;
    public string OwnerRole(string service) => $"{service}{suffix}_owner";
    public string RuntimeRole(string service) => service + suffix;

    public string PrivacyRole(string service) => $"{RuntimeRole(service)}_privacy";

    public string RuntimeConnection(string service) => Connection(service, RuntimeRole(service));
    public string OwnerConnection(string service) => Connection(service, OwnerRole(service));
    public string PrivacyConnection(string service) => Connection(service, PrivacyRole(service));

    public async Task EnsureAsync(IEnumerable<string> services, CancellationToken cancellationToken)
    {
        await using var server = NpgsqlDataSource.Create(admin);
        // Systems made at the same time change the same catalogue rows: one after the other.
        await using var turn = await server.OpenConnectionAsync(cancellationToken);
        await using var wait = new NpgsqlCommand("select pg_advisory_lock(hashtext('csplatform'))", turn);
        await wait.ExecuteNonQueryAsync(cancellationToken);
        foreach (var shared in (string[])["postgres", "template1"])
            await ExecuteAsync(server, $"revoke all on database {shared} from public", cancellationToken);
        foreach (var service in services)
            await EnsureAsync(server, service, cancellationToken);
    }

    public async Task DropAsync(IEnumerable<string> services)
    {
        await using var server = NpgsqlDataSource.Create(admin);
        foreach (var service in services)
        {
            await ExecuteAsync(server, $"drop database if exists {Quote(Name(service))} with (force)", default);
            foreach (var role in (string[])[PrivacyRole(service), RuntimeRole(service), OwnerRole(service)])
                await ExecuteAsync(server, $"drop role if exists {Quote(role)}", default);
        }
    }

    private async Task EnsureAsync(NpgsqlDataSource server, string service, CancellationToken cancellationToken)
    {
        var (database, owner) = (Name(service), OwnerRole(service));
        var (runtime, privacy) = (RuntimeRole(service), PrivacyRole(service));
        foreach (var role in (string[])[owner, runtime, privacy])
        {
            if (!await ExistsAsync(server, "select 1 from pg_roles where rolname = $1", role, cancellationToken))
                await ExecuteAsync(server, $"create role {Quote(role)} login", cancellationToken);
            await ExecuteAsync(server, $"""
                alter role {Quote(role)} nosuperuser nocreatedb nocreaterole noreplication nobypassrls
                password '{password(role)}'
                """, cancellationToken);
        }
        if (!await ExistsAsync(server, "select 1 from pg_database where datname = $1", database, cancellationToken))
            await ExecuteAsync(server, $"create database {Quote(database)} owner {Quote(owner)}", cancellationToken);
        await ExecuteAsync(server, $"revoke all on database {Quote(database)} from public", cancellationToken);
        foreach (var role in (string[])[runtime, privacy])
            await ExecuteAsync(
                server, $"grant connect on database {Quote(database)} to {Quote(role)}", cancellationToken);

        await using var inside = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(admin) { Database = database }.ConnectionString);
        await ExecuteAsync(inside, "revoke all on schema public from public", cancellationToken);
        await ExecuteAsync(inside, $"grant all on schema public to {Quote(owner)}", cancellationToken);
        await ExecuteAsync(inside, $"grant usage on schema public to {Quote(runtime)}", cancellationToken);
    }

    private string Connection(string service, string role) => new NpgsqlConnectionStringBuilder
    {
        Host = new NpgsqlConnectionStringBuilder(admin).Host,
        Port = new NpgsqlConnectionStringBuilder(admin).Port,
        Database = Name(service),
        Username = role,
        Password = password(role),
        MaxPoolSize = 40, // five services stay well under the server's max_connections
    }.ConnectionString;

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql, CancellationToken cancellationToken)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> ExistsAsync(
        NpgsqlDataSource server, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = server.CreateCommand(sql);
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    // Names come from Topology and a suffix of our own making; quoted all the same.
    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"")}\"";
}
