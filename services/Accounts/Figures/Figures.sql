-- What other services work out of accounts, as their notices told it last: one line for each account, and one for each
-- account and day on which something changed. Each service's columns go with the version of its notice.
create table if not exists account_figures (
    account_id uuid primary key,
    score numeric(4,1), band text, drivers jsonb, health_as_of timestamptz,
    health_version bigint not null default 0,
    active_days integer, active_users integer, last_use_on date, use_as_of timestamptz,
    use_version bigint not null default 0,
    nps numeric, csat numeric, ces numeric, answered_at timestamptz, voice_as_of timestamptz,
    voice_version bigint not null default 0,
    annual_amounts jsonb, seats integer, next_ends_on date, notice_on date, renewal_open boolean,
    contracts_as_of timestamptz,
    contracts_version bigint not null default 0
);
create index if not exists account_figures_by_band on account_figures (band);

create table if not exists account_figure_day (
    account_id uuid not null,
    day date not null, -- UTC
    as_of timestamptz not null, -- of the last notice that changed it
    score numeric(4,1), band text, active_days integer, active_users integer, last_use_on date,
    nps numeric, csat numeric, ces numeric, annual_amounts jsonb, next_ends_on date, renewal_open boolean,
    primary key (account_id, day)
);
