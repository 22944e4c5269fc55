-- out: run_id, kind, model, prediction_kind, parameters, figures, is_stale, seconds, finished_at, code_version, n (pictures with
-- probabilities) of the complete runs that predicted classes, newest first
SELECT run.id AS run_id, run.kind, run.model, run.prediction_kind, run.parameters, run.figures,
    run.input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id) AS is_stale,
    run.seconds, run.finished_at, run.code_version, predicted.n
FROM run
JOIN (SELECT run_id, count(*) AS n FROM prediction GROUP BY run_id) AS predicted ON predicted.run_id = run.id
WHERE run.dataset_id = $dataset_id AND run.complete
ORDER BY run.id DESC
