-- out: n (objects of some classes, or of all where $classes is null, from a score on), n_images; also for none
WITH kept AS (
    SELECT scan.image_id FROM detection_scan AS scan
    JOIN current_image AS image ON image.id = scan.image_id
    WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
),
counted AS (
    SELECT image_id, count(*) AS n FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT coalesce(counted.n, 0) AS n, count(*) AS n_images
FROM kept LEFT JOIN counted ON counted.image_id = kept.image_id
GROUP BY ALL ORDER BY n
