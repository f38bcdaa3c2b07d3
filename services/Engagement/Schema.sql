-- Usage events, what is made of them, and what waits aside.

-- A source's name once, a small number everywhere else.
create table if not exists usage_source (
  source_id integer generated always as identity primary key,
  source text collate "C" not null unique
);

-- Each (source, id) for good, whatever the event's time says: a unique key on the partitioned table would have to
-- contain the time, so a resend with another time would slip through.
create table if not exists usage_claim (
  source_id integer not null,
  id text collate "C" not null,
  fingerprint bytea not null,
  primary key (source_id, id)
);

-- Usage events by the UTC day on which they occurred.
create table if not exists usage_event (
  account_id uuid not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  source_id integer not null,
  id text collate "C" not null,
  type text not null,
  subject text not null,
  user_id text,
  automation boolean not null,
  minutes numeric not null,
  features text[] not null,
  data jsonb,
  extensions jsonb
) partition by range (occurred_at);

create index if not exists usage_event_account on usage_event (account_id, occurred_at);

-- The runtime role makes no tables. A partition is made beside the table and then attached, since creating it in place
-- would lock out every reader and writer of the other days.
create or replace function make_usage_event_days(days date[]) returns void
language plpgsql security definer set search_path from current as $$
declare
  wanted date;
  partition text;
  starts timestamptz;
  ends timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('usage_event_day'));
  foreach wanted in array days loop
    partition := 'usage_event_' || to_char(wanted, 'YYYYMMDD');
    if to_regclass(partition) is null then
      starts := wanted::timestamp at time zone 'UTC';
      ends := (wanted + 1)::timestamp at time zone 'UTC';
      execute format('create table %I (like usage_event including defaults)', partition);
      execute format('create index %I on %I (account_id, occurred_at)', partition || '_account', partition);
      execute format('alter table %I add constraint %I check (occurred_at >= %L and occurred_at < %L)',
        partition, partition || '_day', starts, ends);
      execute format('alter table usage_event attach partition %I for values from (%L) to (%L)', partition, starts, ends);
      execute format('alter table %I drop constraint %I', partition, partition || '_day');
      execute format(
        'create trigger append_only_whole before truncate on %I for each statement execute function append_only()',
        partition);
    end if;
  end loop;
end $$;
revoke all on function make_usage_event_days(date[]) from public;

-- What an account's people did on one UTC day. Sums stand here; distinct users and features in tables of their own.
create table if not exists account_day (
  account_id uuid not null,
  day date not null,
  events integer not null,
  active_users integer not null,
  minutes numeric not null,
  version bigint not null,
  traceparent text,
  primary key (account_id, day)
) with (fillfactor = 80);

create table if not exists account_day_user (
  account_id uuid not null,
  day date not null,
  user_id text collate "C" not null,
  primary key (account_id, day, user_id)
);

create table if not exists account_day_feature (
  account_id uuid not null,
  day date not null,
  feature text collate "C" not null,
  primary key (account_id, day, feature)
);

-- A day whose new figures nobody was told yet, with the trace of the write that set the mark, and of later ones.
create table if not exists day_mark (
  account_id uuid not null,
  day date not null,
  version bigint not null,
  traceparent text,
  links text[] not null default '{}',
  primary key (account_id, day)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- First use by a person, by event time.
create table if not exists account_first_use (
  account_id uuid primary key,
  first_used_at timestamptz not null
);

-- Whose events carry this subject. A key once linked never changes its account.
create table if not exists subject_key (
  subject text collate "C" primary key,
  account_id uuid not null
);

-- What is kept aside with its reason. Claimed items are events already (their id is taken); the others are only bytes.
create table if not exists parked_event (
  parked_id bigint generated always as identity primary key,
  reason text not null,
  detail text not null,
  status text not null default 'parked' check (status in ('parked', 'counted', 'taken')),
  claimed boolean not null,
  transport text not null,
  sender text,
  source text,
  id text,
  subject text collate "C",
  raw bytea not null,
  digest bytea not null,
  headers jsonb not null,
  traceparent text,
  received_at timestamptz not null,
  seen integer not null default 1,
  replays integer not null default 0,
  resolved_at timestamptz
);

create index if not exists parked_event_open on parked_event (reason, parked_id) where status = 'parked';
create index if not exists parked_event_subject on parked_event (subject, parked_id)
  where status = 'parked' and reason = 'unknown-subject';
-- The same bad bytes redelivered are one entry, seen more than once.
create unique index if not exists parked_event_bytes on parked_event (digest) where status = 'parked' and not claimed;

-- What was accepted stands for good. For each row: this reaches the partitions too.
create or replace trigger append_only before update or delete or truncate on usage_claim
  for each statement execute function append_only(':privacy');
create or replace trigger append_only before update or delete on usage_event
  for each row execute function append_only(':privacy');
create or replace trigger append_only_whole before truncate on usage_event
  for each statement execute function append_only(':privacy');

comment on table usage_source is 'appended';
comment on table usage_claim is 'appended';
comment on table usage_event is 'appended'; -- its partitions are reached through it alone
comment on table account_day_user is 'appended';
comment on table account_day_feature is 'appended';
comment on table subject_key is 'appended';
comment on table day_mark is 'cleared';
grant execute on function make_usage_event_days(date[]) to ":runtime";
grant select, update (user_id, data, extensions) on usage_event to ":privacy";

-- Use of before there were notices of its figures.
insert into figure_mark (account_id, token)
select account_id, nextval('figure_version') from (select distinct account_id from account_day) as used
where not (select is_called from figure_version)
on conflict do nothing;
