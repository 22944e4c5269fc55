-- out: label (null: none), class_index (null: images of that label without any object), n images, n_label (images of that label looked at)
WITH kept AS (
    SELECT image.id, unnest(coalesce(image.labels, [image.label])) AS label
    FROM detection_scan AS scan
    JOIN current_image AS image ON image.id = scan.image_id
    WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
),
present AS (
    SELECT DISTINCT image_id, class_index FROM detection WHERE run_id = $run_id AND score >= $score
)
SELECT kept.label, present.class_index, count(*) AS n, any_value(total.n) AS n_label
FROM kept
LEFT JOIN present ON present.image_id = kept.id
JOIN (SELECT label, count(*) AS n FROM kept GROUP BY label) AS total ON total.label IS NOT DISTINCT FROM kept.label
GROUP BY kept.label, present.class_index
ORDER BY kept.label NULLS LAST, n DESC
