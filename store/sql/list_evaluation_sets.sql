-- out: id, name, rule, n, run_id, created_at of the dataset's evaluation sets, newest first
SELECT id, name, rule, (SELECT count(*) FROM evaluation_item WHERE set_id = id) AS n, run_id, created_at FROM evaluation_set
WHERE dataset_id = $dataset_id ORDER BY id DESC
