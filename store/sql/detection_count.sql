-- out: n images with at least and at most so many objects; filters as in detection_page
WITH counted AS (
    SELECT image_id, count(*) AS n, max(score) AS best FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT count(*) AS n
FROM detection_scan AS scan
JOIN current_image AS image ON image.id = scan.image_id
LEFT JOIN counted ON counted.image_id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND coalesce(counted.n, 0) >= $least AND ($most IS NULL OR coalesce(counted.n, 0) <= $most)
    AND ($label IS NULL OR image.label = $label OR list_contains(image.labels, $label))
