-- out: image_id, sha256, path, width, height, label, labels, n (objects that count) of the images with at least and at most so many objects; null leaves a filter open
WITH counted AS (
    SELECT image_id, count(*) AS n, max(score) AS best FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT image.id AS image_id, image.sha256, image.path, image.width, image.height, image.label, image.labels,
    coalesce(counted.n, 0) AS n
FROM detection_scan AS scan
JOIN current_image AS image ON image.id = scan.image_id
LEFT JOIN counted ON counted.image_id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND coalesce(counted.n, 0) >= $least AND ($most IS NULL OR coalesce(counted.n, 0) <= $most)
    AND ($label IS NULL OR image.label = $label OR list_contains(image.labels, $label))
ORDER BY CASE $sort WHEN 'most' THEN -coalesce(counted.n, 0) WHEN 'fewest' THEN coalesce(counted.n, 0)
        WHEN 'best' THEN -counted.best WHEN 'worst' THEN counted.best END NULLS LAST, image.path
LIMIT $n_rows OFFSET $first
