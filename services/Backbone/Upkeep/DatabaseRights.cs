using Marten;

namespace CsPlatform.Backbone;

/// <summary>
/// What the two roles beside the owner may do, by the kind of table: <c>:runtime</c> runs the service, <c>:privacy</c>
/// masks personal data in what is otherwise never changed.
/// </summary>
internal static class DatabaseRights
{
    /// <summary>
    /// Lets nobody change or remove rows, their owner included; the privacy role alone may UPDATE, in the columns it
    /// was given. A migration that must rewrite history says so: it disables the trigger <c>append_only</c> in its
    /// transaction.
    /// </summary>
    public const string AppendOnly = """
        create or replace function append_only() returns trigger language plpgsql as $$
        begin
          if tg_op = 'UPDATE' and current_user = tg_argv[0] then
            return new;
          end if;
          raise exception '% of % is refused: its rows are appended, never changed', lower(tg_op), tg_table_name
            using errcode = 'insufficient_privilege';
        end $$;
        create or replace trigger append_only before update or delete or truncate on mt_events
          for each statement execute function append_only(':privacy');
        """;

    /// <summary>
    /// Takes every right in the schema back, to make things in it too, so that none outlives its need; what is needed
    /// is given anew in the same transaction.
    /// </summary>
    public static string TakenBack(string schema) => $"""
        revoke all on schema {schema} from ":runtime", ":privacy";
        revoke all on all tables in schema {schema} from ":runtime", ":privacy";
        revoke all on all sequences in schema {schema} from ":runtime", ":privacy";
        revoke all on all routines in schema {schema} from ":runtime", ":privacy";
        """;

    /// <summary>
    /// Gives the service its rights by the kind of each table, once all are made. A table is <c>kept</c>, its rows
    /// stored, read and changed, unless it is one of the event store's or the scheduler's, keeps what a projection
    /// makes, or says otherwise in its comment. Partitions are reached through their table alone.
    /// </summary>
    public static string Given(StoreOptions store, string schema)
    {
        var readModels = store.Projections.AllPublishedTypes()
            .Select(type => ((IReadOnlyStoreOptions)store).FindOrResolveDocumentType(type).TableName.Name);
        return $"""
            grant usage on schema {schema} to ":runtime", ":privacy";
            grant usage, select on mt_events_sequence to ":runtime";
            grant select on mt_events, mt_streams to ":privacy";
            grant update (data, headers) on mt_events to ":privacy";
            do $do$
            declare
              relation record;
            begin
              for relation in
                select relname as name, case
                  when relname in ('mt_events', 'mt_high_water_skips', 'mt_doc_handledmessage') then 'appended'
                  when relname in ('mt_event_progression', 'mt_event_projection_floors', 'mt_doc_deadletterevent')
                    or relname like 'qrtz%' then 'cleared'
                  when relname = any('{"{" + string.Join(',', readModels) + "}"}') then 'rebuilt'
                  else coalesce(obj_description(oid, 'pg_class'), 'kept') end as kind
                from pg_class
                where relnamespace = '{schema}'::regnamespace and relkind in ('r', 'p') and not relispartition
              loop
                execute format('grant %s on %I to ":runtime"', case relation.kind
                  when 'appended' then 'select, insert'
                  when 'kept' then 'select, insert, update'
                  when 'cleared' then 'select, insert, update, delete'
                  when 'rebuilt' then 'select, insert, update, delete, truncate' end, relation.name);
              end loop;
            end $do$;
            """;
    }

    /// <summary>Puts the roles of this database in the places of <c>:runtime</c> and <c>:privacy</c>.</summary>
    public static string Named(string sql, string runtime) => sql
        .Replace(":runtime", runtime, StringComparison.Ordinal)
        .Replace(":privacy", PrivacyRole(runtime), StringComparison.Ordinal);

    /// <summary>
    /// The role that masks is made where the runtime role is made, and has its name with <c>_privacy</c>.
    /// </summary>
    public static string PrivacyRole(string runtime) => $"{runtime}_privacy";
}
