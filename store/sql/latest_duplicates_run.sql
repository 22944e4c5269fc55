-- out: run_id, space, parameters, figures, is_stale, seconds, code_version, finished_at of the newest complete comparison
SELECT id AS run_id, model AS space, parameters, figures,
    input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    seconds, code_version, finished_at
FROM run WHERE dataset_id = $dataset_id AND kind = 'duplicates' AND complete
ORDER BY id DESC LIMIT 1
