-- out: value
SELECT value FROM generation WHERE dataset_id = $dataset_id
