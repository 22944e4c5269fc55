-- name: delete_gate_results
-- out: nothing
DELETE FROM gate_result WHERE run_id = $run_id

-- name: delete_gate_rows
-- out: nothing
DELETE FROM gate_row WHERE run_id = $run_id

-- name: insert_gate_results
-- out: nothing; incoming: place, gate, subject, title, unit, measured, limit_kind, limit_value, passed, n_wrong,
-- sentence, checked_at
INSERT INTO gate_result (
    run_id, place, gate, subject, title, unit, measured, limit_kind, limit_value, passed, n_wrong, sentence, checked_at
)
SELECT $run_id, place, gate, subject, title, unit, measured, limit_kind, limit_value, passed, n_wrong, sentence, checked_at
FROM incoming

-- name: insert_gate_rows
-- out: nothing; incoming: gate and its image_ids, paths, reasons, lists of one length
INSERT INTO gate_row (run_id, gate, n, image_id, path, reason)
SELECT $run_id, gate, unnest(range(len(paths)))::INTEGER, unnest(image_ids), unnest(paths), unnest(reasons) FROM incoming

-- name: latest_gates
-- out: the newest result of each gate of a dataset by a finished run of `verify`, in the order of the checks: run_id,
-- place, gate, subject, title, unit, measured, limit_kind, limit_value, passed, n_wrong, sentence, checked_at
SELECT result.* FROM gate_result AS result JOIN run ON run.id = result.run_id
WHERE run.dataset_id = $dataset_id AND run.kind = 'verify' AND run.complete
QUALIFY row_number() OVER (PARTITION BY result.gate ORDER BY result.run_id DESC) = 1
ORDER BY result.place, result.gate

-- name: gate_history
-- out: a row a gate and finished run of `verify` since $since (null: ever), oldest first; columns as in latest_gates
SELECT result.* FROM gate_result AS result JOIN run ON run.id = result.run_id
WHERE run.dataset_id = $dataset_id AND run.kind = 'verify' AND run.complete
    AND ($since IS NULL OR result.checked_at >= $since)
ORDER BY result.run_id, result.place

-- name: gate_rows
-- out: gate, n, image_id, path, reason of a run, by gate
SELECT gate, n, image_id, path, reason FROM gate_row WHERE run_id = $run_id ORDER BY gate, n

-- name: kept_gate_limits
-- out: gate, limit_value (null: off): the newest of each gate of a dataset
SELECT gate, limit_value FROM gate_limit WHERE dataset_id = $dataset_id
QUALIFY row_number() OVER (PARTITION BY gate ORDER BY id DESC) = 1
ORDER BY gate

-- name: insert_gate_limit
-- out: nothing
INSERT INTO gate_limit (dataset_id, gate, limit_value, who, set_at)
VALUES ($dataset_id, $gate, $limit_value, $who, $set_at)
