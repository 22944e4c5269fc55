-- out: n_kept, n_images (kept images that the run looked at), n_objects, n_with (images with an object) from a score on
WITH kept AS (
    SELECT image.id FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
)
SELECT (SELECT count(*) FROM kept) AS n_kept,
    (SELECT count(*) FROM detection_scan WHERE run_id = $run_id AND image_id IN (FROM kept)) AS n_images,
    count(*) AS n_objects, count(DISTINCT image_id) AS n_with
FROM detection
WHERE run_id = $run_id AND score >= $score AND image_id IN (FROM kept)
