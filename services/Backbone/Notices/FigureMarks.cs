using System.Diagnostics;
using Marten;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>
/// The accounts whose figures changed and are still to be told. A mark is written in the transaction of the change, so
/// neither is without the other.
/// </summary>
public static class FigureMarks
{
    /// <summary>
    /// A mark's token differs each time it is set, so that telling takes away none that was set meanwhile. The
    /// sequence gives tokens, and the versions of what is told. <c>figure_turn</c> keeps the day up to which those that
    /// turn by time are marked.
    /// </summary>
    internal const string Sql = """
        create sequence if not exists figure_version;
        create table if not exists figure_mark (
            account_id uuid primary key,
            token bigint not null,
            traceparent text);
        comment on table figure_mark is 'cleared';
        create table if not exists figure_turn (day date primary key);
        comment on table figure_turn is 'cleared';
        grant usage on sequence figure_version to ":runtime";
        """;

    internal static string Channel(string schema) => $"{schema}_figure_mark";

    /// <summary>The account's figures change with what the session saves.</summary>
    /// <param name="session">Of the transaction that changes them.</param>
    /// <param name="accountId">The account.</param>
    public static void FiguresChange(this IDocumentSession session, Guid accountId)
    {
        var schema = session.DocumentStore.Options.DatabaseSchemaName;
        session.QueueSqlCommand(
            Mark(schema, "(values (?::uuid)) as changed (account_id)", "?"), Activity.Current?.Id ?? "", accountId);
        session.QueueSqlCommand($"notify {Channel(schema)}");
    }

    /// <summary>The figures of these accounts change with the transaction.</summary>
    /// <param name="connection">In whose transaction.</param>
    /// <param name="schema">The service's.</param>
    /// <param name="accountIds">The accounts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task FiguresChange(
        this NpgsqlConnection connection, string schema, IReadOnlyCollection<Guid> accountIds,
        CancellationToken cancellationToken)
    {
        if (accountIds.Count == 0)
            return;

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(Mark(schema, "unnest($1::uuid[]) as changed (account_id)", "$2"))
                {
                    Parameters =
                    {
                        new() { Value = accountIds.ToArray() },
                        new() { Value = Activity.Current?.Id ?? "" },
                    },
                },
                new($"notify {Channel(schema)}"),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Marks what a query gives, in one order for all, so that no two wait for each other.</summary>
    /// <param name="schema">The service's.</param>
    /// <param name="changed">What stands behind FROM; gives <c>account_id</c>.</param>
    /// <param name="traceparent">The parameter that has the trace.</param>
    internal static string Mark(string schema, string changed, string traceparent) => $"""
        insert into {schema}.figure_mark (account_id, token, traceparent)
        select account_id, nextval('{schema}.figure_version'), nullif({traceparent}::text, '')
        from (select distinct account_id from {changed} order by account_id) as changed
        on conflict (account_id) do update set token = excluded.token
        """;
}
