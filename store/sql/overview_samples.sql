-- out: class_index, image_id, sha256, path of $n kept images of each of $classes, drawn with $seed
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
),
kept AS (
    SELECT image.id,
        CASE WHEN changed.relabelled THEN changed.label ELSE image.label END AS label,
        CASE WHEN changed.relabelled THEN changed.labels ELSE image.labels END AS labels
    FROM image LEFT JOIN changed ON changed.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT coalesce(changed.removed, false)
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
