-- out: run_id, model, parameters, figures, is_stale, seconds, code_version, finished_at of each complete sheet of where a network looks, newest first
SELECT id AS run_id, model, parameters, figures,
    input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    seconds, code_version, finished_at
FROM run
WHERE dataset_id = $dataset_id AND kind = 'saliency' AND complete
ORDER BY id DESC
