-- out: run_id, job_id, model, parameters, figures, is_stale, seconds, device, code_version, finished_at of the complete training runs, newest first
SELECT id AS run_id, job_id, model, parameters, figures,
    input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    seconds, device, code_version, finished_at
FROM run
WHERE dataset_id = $dataset_id AND kind = 'train' AND complete
ORDER BY id DESC
