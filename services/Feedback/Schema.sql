-- Answers of before there were notices of their figures.
insert into figure_mark (account_id, token)
select account_id, nextval('figure_version') from (select distinct account_id from mt_doc_accountanswer) as answered
where not (select is_called from figure_version)
on conflict do nothing;
