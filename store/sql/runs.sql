-- name: next_run_id
-- out: id
SELECT nextval('run_ids')

-- name: insert_run
-- out: nothing
INSERT INTO run (id, dataset_id, job_id, kind, model, parameters, seed, code_version, input_generation, device, figures,
    complete, seconds, started_at, finished_at, reads)
VALUES ($id, $dataset_id, $job_id, $kind, $model, $parameters, $seed, $code_version, $input_generation, $device, NULL,
    false, NULL, $started_at, NULL, $reads)
ON CONFLICT (id) DO NOTHING

-- name: finish_run
-- out: nothing; seconds add up over a job's attempts
UPDATE run SET complete = $complete, seconds = coalesce(seconds, 0) + $seconds, figures = $figures,
    device = coalesce($device, device), finished_at = $finished_at
WHERE id = $id

-- name: list_runs
-- out: every column of run, newest first
SELECT * FROM run WHERE dataset_id = $dataset_id ORDER BY id DESC

-- name: finished_runs
-- out: run_id, kind, job_id, model, space (the same), prediction_kind, parameters, figures, changed (what it read and
-- has changed since), seconds, device, code_version, finished_at of the complete runs of $kind (null: of any), newest first; at most $n_rows
SELECT id AS run_id, kind, job_id, model, model AS space, prediction_kind, parameters, figures,
    coalesce(change.changed, []) AS changed, seconds, device, code_version, finished_at
FROM run
LEFT JOIN (SELECT run_id, list(subject ORDER BY subject) AS changed FROM run_change GROUP BY run_id) AS change
    ON change.run_id = run.id
WHERE dataset_id = $dataset_id AND complete AND ($kind IS NULL OR kind = $kind)
ORDER BY id DESC
LIMIT $n_rows

-- name: changed_since_run
-- out: subject: each of the run's dataset that has changed since the run read it, or might have read it
SELECT DISTINCT change.subject
FROM run JOIN subject_change AS change ON change.dataset_id = run.dataset_id AND change.value > run.input_generation
WHERE run.id = $run_id

-- name: delete_run_failures
-- out: nothing; failures of a run for the images in `incoming`
DELETE FROM run_failure WHERE run_id = $run_id AND image_id IN (SELECT image_id FROM incoming)

-- name: insert_predictions
-- out: nothing
INSERT INTO prediction (run_id, image_id, fold, probabilities)
SELECT $run_id, image_id, fold, probabilities FROM incoming WHERE probabilities IS NOT NULL

-- name: insert_run_failures
-- out: nothing; incoming: image_id, reason (rows with a reason)
INSERT INTO run_failure (run_id, image_id, reason) SELECT $run_id, image_id, reason FROM incoming WHERE reason IS NOT NULL

-- name: mark_prediction_kind
-- out: nothing
UPDATE run SET prediction_kind = $kind WHERE id = $run_id

-- name: run_failure_images
-- out: image_id of what run $run_id could not do
SELECT image_id FROM run_failure WHERE run_id = $run_id
