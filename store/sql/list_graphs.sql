-- out: run_id, space, parameters, figures, is_stale, seconds, code_version, finished_at, n_images, k of each complete graph, newest first
SELECT run.id AS run_id, run.model AS space, run.parameters, run.figures,
    run.input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    run.seconds, run.code_version, run.finished_at, count(neighbour_list.image_id) AS n_images,
    coalesce(max(len(neighbour_list.neighbours)), 0) AS k
FROM run LEFT JOIN neighbour_list ON neighbour_list.run_id = run.id
WHERE run.dataset_id = $dataset_id AND run.kind = 'neighbours' AND run.complete
GROUP BY ALL
HAVING n_images > 0
ORDER BY run.id DESC
