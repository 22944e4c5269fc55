-- out: id
SELECT nextval('run_ids')
