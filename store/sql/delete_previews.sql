-- out: nothing; previews of a dataset that are older than a run
DELETE FROM augmentation_preview
WHERE run_id < $run_id AND run_id IN (SELECT id FROM run WHERE dataset_id = $dataset_id)
