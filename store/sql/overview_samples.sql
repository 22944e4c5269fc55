-- out: class_index, image_id, sha256, path of $n kept images of each of $classes, drawn with $seed
WITH kept AS (
    SELECT image.id, image.label, image.labels
    FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
),
labelled AS (
    SELECT id, label AS class_index FROM kept WHERE labels IS NULL
    UNION ALL
    SELECT id, unnest(list_distinct(labels)) FROM kept WHERE labels IS NOT NULL
),
drawn AS (
    SELECT class_index, unnest(min_by(id, hash(id, $seed::BIGINT), $n)) AS id
    FROM labelled WHERE list_contains($classes::INTEGER[], class_index) GROUP BY class_index
)
SELECT drawn.class_index, image.id AS image_id, image.sha256, image.path
FROM drawn JOIN image ON image.id = drawn.id
ORDER BY drawn.class_index, hash(image.id, $seed::BIGINT)
