-- out: run_id, space, parameters, figures, is_stale, seconds, code_version, finished_at, n_images, k of each complete run, newest first
SELECT run.id AS run_id, run.model AS space, run.parameters, run.figures,
    run.input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    run.seconds, run.code_version, run.finished_at,
    (SELECT count(*) FROM cluster_member WHERE run_id = run.id) AS n_images,
    (SELECT count(*) FROM medoid WHERE run_id = run.id) AS k
FROM run
WHERE run.dataset_id = $dataset_id AND run.kind = 'medoids' AND run.complete AND k > 0
ORDER BY run.id DESC
