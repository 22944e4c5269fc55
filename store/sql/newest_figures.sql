-- out: figures of the newest complete run of $kind
SELECT figures FROM run WHERE dataset_id = $dataset_id AND kind = $kind AND complete ORDER BY id DESC LIMIT 1
