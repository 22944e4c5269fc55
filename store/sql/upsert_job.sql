-- out: nothing
INSERT INTO job (id, kind, dataset_id, parameters, state, attempt, n_todo, n_done, n_failed, message, who, run_id, created_at, started_at, finished_at)
VALUES ($id, $kind, $dataset_id, $parameters, $state, $attempt, $n_todo, $n_done, $n_failed, $message, $who, $run_id, $created_at, $started_at, $finished_at)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempt = excluded.attempt, n_todo = excluded.n_todo,
    n_done = excluded.n_done, n_failed = excluded.n_failed, message = excluded.message,
    started_at = excluded.started_at, finished_at = excluded.finished_at
