-- out: nothing; the groups of a run, which a resumed job publishes again
DELETE FROM duplicate_group WHERE run_id = $run_id
