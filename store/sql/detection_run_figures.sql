-- out: n_looked_at, n_failed, n_objects, n_with_objects, n_masks of a run, all its attempts together
SELECT (SELECT count(*) FROM detection_scan WHERE run_id = $run_id) AS n_looked_at,
    (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed,
    count(*) AS n_objects, count(DISTINCT image_id) AS n_with_objects, count(mask) AS n_masks
FROM detection WHERE run_id = $run_id
