-- out: id of the newest complete run of a kind, or of run $run_id if it is one
SELECT id FROM run WHERE dataset_id = $dataset_id AND kind = $kind AND complete AND ($run_id = 0 OR id = $run_id)
ORDER BY id DESC LIMIT 1
