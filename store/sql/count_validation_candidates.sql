-- out: how many candidates a run has
SELECT count(*) FROM validation_candidate WHERE run_id = $run_id
