-- out: n_embedded, n_failed of a run, all its attempts together
SELECT count(*) AS n_embedded, (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed
FROM {vector_table} WHERE run_id = $run_id
