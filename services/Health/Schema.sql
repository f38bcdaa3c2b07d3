-- The tables beside the event store: facts as other services told them, and the last score worked out.

create table if not exists account_fact (
    account_id uuid primary key,
    first_use_on date,
    features_seen boolean not null default false,
    -- the score last worked out, stored as an event or not: lists and ranks read it
    score numeric(4,1),
    coverage numeric(3,2),
    band text,
    scored_at timestamptz
) with (fillfactor = 70); -- a sweep rewrites the scores: in place, where no index is on them

-- What is shared with others has lain here before; it is the directory's.
do $do$
begin
    if exists (select from information_schema.columns
        where table_schema = current_schema() and table_name = 'account_fact' and column_name = 'details_version')
    then
        insert into account_directory (account_id, registered, name, tier, details_version, csm_id, csm_version, stage,
            stage_version, external_ids, external_versions)
        select account_id, name is not null, name, tier, details_version, csm_id, csm_version, stage, stage_version,
            external_ids, external_versions
        from account_fact on conflict (account_id) do nothing;
        alter table account_fact drop column name, drop column tier, drop column details_version, drop column csm_id,
            drop column csm_version, drop column stage, drop column stage_version, drop column external_ids,
            drop column external_versions;
    end if;
end $do$;

-- What costs most, and what was last told to others.
alter table account_fact add column if not exists drivers jsonb not null default '[]',
    add column if not exists told_score numeric(4,1), add column if not exists told_band text,
    add column if not exists told_at timestamptz;

create table if not exists usage_day (
    account_id uuid not null,
    day date not null,
    events integer not null,
    active_users integer not null,
    minutes numeric not null,
    features text[] not null,
    version bigint not null,
    learned_at timestamptz not null,
    -- figures before the first late change, and when the last late change came
    late_at timestamptz,
    on_time_events integer,
    on_time_users integer,
    on_time_minutes numeric,
    on_time_features text[],
    primary key (account_id, day)
);

create table if not exists survey_answer (
    answer_id uuid primary key,
    account_id uuid not null,
    contact_id text not null,
    metric text not null,
    score integer not null,
    scale_min integer not null,
    scale_max integer not null,
    higher_is_better boolean not null,
    occurred_at timestamptz not null,
    learned_at timestamptz not null
);
comment on table survey_answer is 'appended';
create index if not exists survey_answer_by_account on survey_answer (account_id, occurred_at);

-- What became of answers: the account that one is of from then on, none once it is withdrawn. The highest version
-- counts. Rows are added to the answer's own, none is changed: what was known at any time can still be told.
create table if not exists survey_answer_correction (
    answer_id uuid not null,
    version bigint not null, -- of the answer, whose giving is 1
    account_id uuid,
    learned_at timestamptz not null,
    primary key (answer_id, version)
);
comment on table survey_answer_correction is 'appended';
create index if not exists survey_answer_correction_by_account on survey_answer_correction (account_id);

create table if not exists contract (
    contract_id uuid primary key,
    account_id uuid not null,
    ends_on date not null,
    annual_amount numeric not null,
    currency text not null,
    renewal_id uuid,
    occurred_at timestamptz not null,
    learned_at timestamptz not null
);
create index if not exists contract_by_account on contract (account_id);

-- Alerts that were snoozed before there was an index of due work.
insert into due_work (kind, item, due_at)
select 'end-snooze', id, (data ->> 'snoozedUntil')::timestamptz from mt_doc_alert
where open and data ->> 'snoozedUntil' is not null
on conflict do nothing;

-- Scores of before there were notices of them.
insert into figure_mark (account_id, token)
select account_id, nextval('figure_version') from account_fact
where scored_at is not null and not (select is_called from figure_version)
on conflict do nothing;
