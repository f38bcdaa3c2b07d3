-- What the service keeps of accounts. Each group of columns has the version of the account's stream that it was told of.
create table if not exists account_directory (
    account_id uuid primary key,
    registered boolean not null default false, -- other facts may come before the registration, and wait here
    name text,
    tier text,
    details_version bigint not null default 0,
    csm_id text,
    csm_version bigint not null default 0,
    stage text,
    stage_version bigint not null default 0,
    external_ids jsonb not null default '{}',
    external_versions jsonb not null default '{}'
);

-- The document of before knew nothing but which accounts there are.
do $do$
declare
    writer regprocedure;
begin
    if to_regclass('mt_doc_knownaccount') is not null then
        insert into account_directory (account_id, registered) select id, true from mt_doc_knownaccount
        on conflict (account_id) do update set registered = true;
        drop table mt_doc_knownaccount;
    end if;
    for writer in
        select oid::regprocedure from pg_proc
        where pronamespace = current_schema()::regnamespace and proname ~ '^mt_[a-z]+_knownaccount$'
    loop
        execute format('drop function %s', writer);
    end loop;
end $do$;
