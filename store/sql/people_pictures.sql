-- out: n_images (kept), n_scanned (that one of $run_ids looked at), n_with (people in them) of a dataset
WITH kept AS (
    SELECT id FROM current_image WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
)
SELECT (SELECT count(*) FROM kept) AS n_images,
    (SELECT count(DISTINCT image_id) FROM detection_scan
        WHERE list_contains($run_ids, run_id) AND image_id IN (FROM kept)) AS n_scanned,
    (SELECT count(DISTINCT detection.image_id) FROM detection
        JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
        WHERE list_contains($run_ids, detection.run_id) AND detection.score >= $score
            AND list_contains($people, lower(named.name)) AND detection.image_id IN (FROM kept)) AS n_with
