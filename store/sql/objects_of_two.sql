-- out: image_id, sha256, path, width, height, name, n_first, n_second of the objects of each class (by name) in kept images that both runs looked at
WITH kept AS (
    SELECT scan.image_id FROM detection_scan AS scan
    JOIN detection_scan AS again ON again.image_id = scan.image_id AND again.run_id = $second_run
    WHERE scan.run_id = $first_run
)
SELECT image.id AS image_id, image.sha256, image.path, image.width, image.height, lower(named.name) AS name,
    count(*) FILTER (detection.run_id = $first_run) AS n_first,
    count(*) FILTER (detection.run_id = $second_run) AS n_second
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
JOIN current_image AS image ON image.id = detection.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND ((detection.run_id = $first_run AND detection.score >= $score)
        OR (detection.run_id = $second_run AND detection.score >= $second_score))
    AND detection.image_id IN (FROM kept)
GROUP BY ALL ORDER BY image.path, name
