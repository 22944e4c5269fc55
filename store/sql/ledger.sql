-- name: upsert_job
-- out: nothing
INSERT INTO job (id, kind, dataset_id, parameters, state, attempt, n_todo, n_done, n_failed, message, who, run_id, created_at, started_at, finished_at)
VALUES ($id, $kind, $dataset_id, $parameters, $state, $attempt, $n_todo, $n_done, $n_failed, $message, $who, $run_id, $created_at, $started_at, $finished_at)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempt = excluded.attempt, n_todo = excluded.n_todo,
    n_done = excluded.n_done, n_failed = excluded.n_failed, message = excluded.message,
    started_at = excluded.started_at, finished_at = excluded.finished_at

-- name: list_jobs
-- out: every column of job, dataset (name), figures and seconds of its run; newest first
SELECT job.*, coalesce(dataset.name, '') AS dataset, run.figures, run.seconds
FROM job
LEFT JOIN dataset ON dataset.id = job.dataset_id
LEFT JOIN run ON run.id = job.run_id
ORDER BY job.created_at DESC, job.id DESC

-- name: job
-- out: the same columns of one job
SELECT job.*, coalesce(dataset.name, '') AS dataset, run.figures, run.seconds
FROM job
LEFT JOIN dataset ON dataset.id = job.dataset_id
LEFT JOIN run ON run.id = job.run_id
WHERE job.id = $job_id

-- name: landed_totals
-- out: n_segments, n_rows, n_failed, next_n
SELECT count(*) AS n_segments, coalesce(sum(n_rows), 0)::BIGINT AS n_rows, coalesce(sum(n_failed), 0)::BIGINT AS n_failed,
    coalesce(max(n) + 1, 0) AS next_n
FROM segment WHERE job_id = $job_id

-- name: landed_segment
-- out: n_rows
SELECT n_rows FROM segment WHERE job_id = $job_id AND n = $n

-- name: insert_segment
-- out: nothing; the key refuses a segment that has landed before
INSERT INTO segment (job_id, n, n_rows, n_failed, landed_at) VALUES ($job_id, $n, $n_rows, $n_failed, $landed_at)
