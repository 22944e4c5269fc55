-- out: every column of run, newest first
SELECT * FROM run WHERE dataset_id = $dataset_id ORDER BY id DESC
