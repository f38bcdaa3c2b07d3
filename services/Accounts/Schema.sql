-- A key once linked never changes its account.
comment on table mt_doc_linked_key is 'appended';

-- Rows of before held what others work out: the daemon makes them anew, while the service runs.
insert into read_model_rebuild (name, asked_at)
select 'AccountRow', clock_timestamp()
where exists (select from mt_doc_account_row where not data ? 'edition')
on conflict (name) do update set asked_at = excluded.asked_at;
