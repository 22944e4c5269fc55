-- out: nothing; the pairs of a run, which a resumed job publishes again
DELETE FROM duplicate_pair WHERE run_id = $run_id
