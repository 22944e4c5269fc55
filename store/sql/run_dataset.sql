-- out: dataset_id of run $run_id
SELECT dataset_id FROM run WHERE id = $run_id
