-- out: class_index, name, n_objects, n_images, most (in one image), mean_share (of the picture's area) of each class with an object from a score on, the commonest first
WITH per_image AS (
    SELECT detection.class_index, detection.image_id, count(*) AS n,
        sum(detection.area / (image.width::DOUBLE * image.height)) AS shares
    FROM detection
    JOIN current_image AS image ON image.id = detection.image_id
    WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
        AND NOT image.missing AND NOT image.removed
    GROUP BY ALL
)
SELECT per_image.class_index, any_value(named.name) AS name, sum(n)::BIGINT AS n_objects, count(*) AS n_images,
    max(n) AS most, sum(shares) / sum(n) AS mean_share
FROM per_image
JOIN detected_class AS named ON named.class_index = per_image.class_index AND named.run_id = $run_id
GROUP BY per_image.class_index
ORDER BY n_objects DESC, per_image.class_index
