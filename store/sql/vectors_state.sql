-- out: n, newest: how many vectors the space has, and the last run that wrote one
SELECT count(*) AS n, coalesce(max(run_id), 0) AS newest FROM {vector_table}
