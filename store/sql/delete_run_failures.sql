-- out: nothing; failures of a run for the images in `incoming`
DELETE FROM run_failure WHERE run_id = $run_id AND image_id IN (SELECT image_id FROM incoming)
