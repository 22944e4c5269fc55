-- out: run_id, space, parameters, figures, is_stale, seconds, code_version, finished_at, n_points of each complete projection, newest first
SELECT run.id AS run_id, run.model AS space, run.parameters, run.figures,
    run.input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    run.seconds, run.code_version, run.finished_at, count(projection_point.image_id) AS n_points
FROM run LEFT JOIN projection_point ON projection_point.run_id = run.id
WHERE run.dataset_id = $dataset_id AND run.kind = 'projection' AND run.complete
GROUP BY ALL
HAVING n_points > 0
ORDER BY run.id DESC
