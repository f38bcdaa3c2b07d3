namespace CsPlatform.Backbone;

/// <summary>
/// Only the process that knows where stored progress stands may move it. The daemon moves it by <c>update … where name
/// = … and last_seq_id = …</c> in the transaction of its page, and where another process has moved it meanwhile, that
/// finds no row. Marten 9.58 then warns and commits: the page's events are applied twice, and stored progress stands
/// still from there on. Here the database refuses such a page as a whole. Its shard stops, and is started again where
/// stored progress stands.
/// </summary>
/// <remarks>
/// A trigger of the statement, since there is no row. The same table's upserts come by with an empty set too (a row
/// that is inserted), so the statement itself is looked at.
/// </remarks>
internal static class ProgressFence
{
    public const string Sql = """
        create or replace function one_leader() returns trigger language plpgsql as $$
        begin
          if not exists (select from moved) and current_query() ~ 'and last_seq_id = \$\d+\s*;?\s*$' then
            raise exception 'progress stands elsewhere: another process has led meanwhile'
              using errcode = 'object_not_in_prerequisite_state';
          end if;
          return null;
        end $$;
        create or replace trigger one_leader after update on mt_event_progression
          referencing new table as moved for each statement execute function one_leader();
        """;
}
