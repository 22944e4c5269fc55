-- out: is_there: whether the training run has landed
SELECT EXISTS (SELECT 1 FROM run_item WHERE run_id = $run_id) AS is_there
