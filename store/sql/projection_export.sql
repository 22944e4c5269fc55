-- out: image_id, path, class (names; several joined by |), split, x, y, z, trust of a run's points, by path
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.id AS image_id, image.path,
    CASE WHEN current_label.labels IS NULL THEN name_of[current_label.label]
        ELSE array_to_string(list_transform(current_label.labels, lambda index: name_of[index]), '|') END AS class,
    image.split, projection_point.x, projection_point.y, projection_point.z, projection_point.trust
FROM projection_point
CROSS JOIN names
JOIN image ON image.id = projection_point.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE projection_point.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY image.path
