-- A key once linked never changes its account.
comment on table mt_doc_linked_key is 'appended';
