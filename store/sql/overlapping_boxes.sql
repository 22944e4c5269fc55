-- out: image_id, name, first_row, second_row, overlap of boxes of two runs with the same class (by name) in one kept image that overlap enough
WITH kept AS (
    SELECT image.id FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
),
one AS (
    SELECT detection.rowid AS place, detection.*, lower(named.name) AS name
    FROM detection
    JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
    WHERE detection.run_id = $first_run AND detection.score >= $score AND detection.image_id IN (FROM kept)
),
other AS (
    SELECT detection.rowid AS place, detection.*, lower(named.name) AS name
    FROM detection
    JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
    WHERE detection.run_id = $second_run AND detection.score >= $second_score AND detection.image_id IN (FROM kept)
),
paired AS (
    SELECT one.image_id, one.name, one.place AS first_row, other.place AS second_row,
        greatest(0, least(one.x2, other.x2) - greatest(one.x1, other.x1))::DOUBLE
            * greatest(0, least(one.y2, other.y2) - greatest(one.y1, other.y1)) AS shared,
        (one.x2 - one.x1)::DOUBLE * (one.y2 - one.y1) + (other.x2 - other.x1)::DOUBLE * (other.y2 - other.y1) AS both_areas
    FROM one JOIN other ON other.image_id = one.image_id AND other.name = one.name
)
SELECT image_id, name, first_row, second_row, shared / (both_areas - shared) AS overlap
FROM paired
WHERE both_areas > shared AND shared / (both_areas - shared) >= $least_overlap
ORDER BY first_row, second_row
