-- out: nothing; the groups of older runs of the dataset
DELETE FROM duplicate_group WHERE run_id IN (
    SELECT id FROM run WHERE kind = 'duplicates' AND dataset_id = $dataset_id AND id < $run_id
)
