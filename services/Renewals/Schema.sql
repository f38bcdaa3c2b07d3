-- Contracts that were signed before there was an index of due work. A sweep passes over those that have lapsed.
insert into due_work (kind, item, due_at)
select 'open-renewal', id, (data ->> 'endsOn')::timestamp at time zone 'UTC' from mt_doc_contract
where data ->> 'renewalId' is null and data ->> 'successorId' is null
on conflict do nothing;

-- Contracts of before there were notices of their figures.
insert into figure_mark (account_id, token)
select account_id, nextval('figure_version') from (select distinct account_id from mt_doc_contract) as signed
where not (select is_called from figure_version)
on conflict do nothing;
