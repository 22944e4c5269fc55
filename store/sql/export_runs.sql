-- out: run_id, parameters, figures, seconds, finished_at of the finished exports, newest first
SELECT id AS run_id, parameters, figures, seconds, finished_at
FROM run WHERE dataset_id = $dataset_id AND kind = $kind AND complete
ORDER BY id DESC LIMIT $n_rows
