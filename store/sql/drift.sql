-- name: drift_images
-- out: image_id, split, import_run, imported_on (a day, UTC), label (null: none, or several), brightness, contrast, sharpness,
-- entropy, width, height, pixel_sha256 of the kept images, by image
SELECT id AS image_id, split, run_id AS import_run, imported_at::DATE AS imported_on, label, brightness, contrast,
    sharpness, entropy, width, height, pixel_sha256
FROM kept_image WHERE dataset_id = $dataset_id ORDER BY id

-- name: drift_is_there
-- out: whether run $run_id has landed
SELECT count(*) > 0 FROM drift_measure WHERE run_id = $run_id

-- name: insert_drift_measures
-- out: nothing; the rows of incoming with a measure
INSERT INTO drift_measure (run_id, measure, value, low, high, p, p_adjusted, n_before, n_after, note)
SELECT $run_id, measure, value, low, high, p, p_adjusted, n_before, n_after, note FROM incoming WHERE measure IS NOT NULL

-- name: insert_drift_shares
-- out: nothing; the rows of incoming with a class (-1: without a label)
INSERT INTO drift_share (run_id, label, n_before, n_after)
SELECT $run_id, nullif(label, -1), n_before, n_after FROM incoming WHERE label IS NOT NULL

-- name: insert_drift_images
-- out: nothing; the rows of incoming with an image
INSERT INTO drift_image (run_id, why, place, cluster, image_id, other_id, cosine)
SELECT $run_id, why, place, cluster, image_id, other_id, cosine FROM incoming WHERE image_id IS NOT NULL

-- name: drift_measures
-- out: measure, value, low, high, p, p_adjusted, n_before, n_after, note of a run, as they were measured
SELECT measure, value, low, high, p, p_adjusted, n_before, n_after, note FROM drift_measure WHERE run_id = $run_id

-- name: drift_shares
-- out: label (null: none), n_before, n_after of a run, by class
SELECT label, n_before, n_after FROM drift_share WHERE run_id = $run_id ORDER BY label NULLS LAST

-- name: drift_pictures
-- out: why, cluster, image_id, other_id, cosine of those of a run that are still kept, the most telling first
SELECT found.why, found.cluster, found.image_id, found.other_id, found.cosine
FROM drift_image AS found JOIN kept_image AS image ON image.id = found.image_id
WHERE found.run_id = $run_id ORDER BY found.why, found.cluster, found.place

-- name: drift_history
-- out: run_id, finished_at, measure, value, p_adjusted of every finished run, oldest first
SELECT run.id AS run_id, run.finished_at, found.measure, found.value, found.p_adjusted
FROM run JOIN drift_measure AS found ON found.run_id = run.id
WHERE run.dataset_id = $dataset_id AND run.kind = 'drift' AND run.complete
ORDER BY run.id, found.measure
