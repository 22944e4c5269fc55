-- out: first_class, second_class, n images with an object of both from a score on; the same class twice: images with that class
WITH present AS (
    SELECT DISTINCT detection.image_id, detection.class_index
    FROM detection
    JOIN current_image AS image ON image.id = detection.image_id
    WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
        AND NOT image.missing AND NOT image.removed
)
SELECT one.class_index AS first_class, other.class_index AS second_class, count(*) AS n
FROM present AS one JOIN present AS other ON other.image_id = one.image_id
GROUP BY ALL ORDER BY first_class, second_class
