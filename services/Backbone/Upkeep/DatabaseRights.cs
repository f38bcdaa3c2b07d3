using Marten;

namespace CsPlatform.Backbone;

/// <summary>
/// What the two roles beside the owner may do, table by table: <c>:runtime</c> runs the service, <c>:privacy</c> masks
/// personal data in what is otherwise never changed. A table named neither here nor in the service's own SQL is the
/// owner's alone.
/// </summary>
internal static class DatabaseRights
{
    /// <summary>
    /// Lets nobody change or remove rows, their owner included; the privacy role alone may UPDATE, in the columns it was
    /// given. A migration that must rewrite history says so: it disables the trigger <c>append_only</c> in its transaction.
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
    /// Takes every right in the schema back, to make things in it too, so that none outlives its need; what is needed is
    /// given anew in the same transaction.
    /// Read models may be emptied, as their rebuild does; other documents are stored and read.
    /// </summary>
    public static string Given(StoreOptions store, string schema)
    {
        var readModels = store.Projections.AllPublishedTypes()
            .Select(type => ((IReadOnlyStoreOptions)store).FindOrResolveDocumentType(type).TableName.Name);
        return $"""
            revoke all on schema {schema} from ":runtime", ":privacy";
            revoke all on all tables in schema {schema} from ":runtime", ":privacy";
            revoke all on all sequences in schema {schema} from ":runtime", ":privacy";
            revoke all on all routines in schema {schema} from ":runtime", ":privacy";
            grant usage on schema {schema} to ":runtime", ":privacy";
            grant select, insert on mt_events, mt_high_water_skips to ":runtime";
            grant select, insert, update on mt_streams, failed_message, read_model_rebuild, replay_clock to ":runtime";
            grant select, insert, update, delete
              on mt_event_progression, mt_event_projection_floors, due_work to ":runtime";
            grant usage, select on mt_events_sequence to ":runtime";
            grant select on mt_events, mt_streams to ":privacy";
            grant update (data, headers) on mt_events to ":privacy";
            do $do$
            declare
              relation record;
            begin
              for relation in select relname as name from pg_class
                where relnamespace = '{schema}'::regnamespace and relkind = 'r' and relname ~ '^(mt_doc|qrtz)_'
              loop
                execute format('grant %s on %I to ":runtime"', case
                  when relation.name = 'mt_doc_handledmessage' then 'select, insert'
                  when relation.name = any('{"{" + string.Join(',', readModels) + "}"}')
                    then 'select, insert, update, delete, truncate'
                  when relation.name = 'mt_doc_deadletterevent' or relation.name like 'qrtz%'
                    then 'select, insert, update, delete'
                  else 'select, insert, update' end, relation.name);
              end loop;
            end $do$;
            """;
    }

    /// <summary>Puts the roles of this database in the places of <c>:runtime</c> and <c>:privacy</c>.</summary>
    public static string Named(string sql, string runtime) => sql
        .Replace(":runtime", runtime, StringComparison.Ordinal)
        .Replace(":privacy", PrivacyRole(runtime), StringComparison.Ordinal);

    /// <summary>The role that masks is made where the runtime role is made, and has its name with <c>_privacy</c>.</summary>
    public static string PrivacyRole(string runtime) => $"{runtime}_privacy";
}
