using CsPlatform.Backbone;
using CsPlatform.Contracts.Accounts.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace CsPlatform.AccountDirectory;

/// <summary>
/// What a service keeps of accounts, as Accounts tells it, switched on with one line and its hearings.
/// </summary>
public static class AccountDirectoryHosting
{
    /// <summary>
    /// Adds the <see cref="DirectoryTable"/>, which <c>migrate</c> makes, and commands that are held to the books in
    /// it. Call it before <see cref="EventStore.AddEventStore"/>: the service's own SQL may build on the directory's.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Lower-case service name, also its schema.</param>
    public static void AddAccountDirectory(this IHostApplicationBuilder builder, string service)
    {
        var directory = new DirectoryTable(service);
        builder.Services.AddSingleton(new OwnSql(typeof(DirectoryTable).Assembly));
        builder.Services.AddSingleton(directory);
        builder.Services.AddSingleton<DirectoryWriter>();
        builder.Services.AddCommands(directory.BookOf, isTold: true);
    }

    /// <summary>
    /// Hears what the directory is made of. A service that does more with it in the same transaction hears it by
    /// itself.
    /// </summary>
    /// <param name="bus">The queue.</param>
    public static void HearAccountDirectory(this Hearings bus)
    {
        bus.Hear<AccountRegistered, DirectoryWriter>(m => m.AccountId, (writer, m, ct) =>
            writer.Write((directory, connection) => directory.Write(connection, m, ct), ct));
        bus.Hear<AccountDetailsCorrected, DirectoryWriter>(m => m.AccountId, (writer, m, ct) =>
            writer.Write((directory, connection) => directory.Write(connection, m, ct), ct));
        bus.Hear<ExternalKeyLinked, DirectoryWriter>(m => m.AccountId, (writer, m, ct) =>
            writer.Write((directory, connection) => directory.Write(connection, m, ct), ct));
        bus.Hear<CsmAssigned, DirectoryWriter>(m => m.AccountId, (writer, m, ct) =>
            writer.Write((directory, connection) => directory.Write(connection, m, ct), ct));
        bus.Hear<StageEntered, DirectoryWriter>(m => m.AccountId, (writer, m, ct) =>
            writer.Write((directory, connection) => directory.Write(connection, m, ct), ct));
    }
}

/// <summary>Writes the directory, and nothing else, on a connection of its own.</summary>
internal sealed class DirectoryWriter(DirectoryTable directory, NpgsqlDataSource database)
{
    public async Task Write(Func<DirectoryTable, NpgsqlConnection, Task> write, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await write(directory, connection);
        CrashPoint.Reach("directory-written");
    }
}
