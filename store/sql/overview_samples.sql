-- out: class_index, image_id, sha256, path of $n kept images of each of $classes, drawn with $seed
SELECT class_index, drawn.image_id, drawn.sha256, drawn.path
FROM (
    SELECT class_index, unnest(min_by({'image_id': image_id, 'sha256': sha256, 'path': path}, place, $n)) AS drawn
    FROM (
        SELECT unnest(CASE WHEN len(current_label.labels) > 0 THEN current_label.labels ELSE [current_label.label] END) AS class_index,
            image.id AS image_id, image.sha256, image.path, hash(image.id, $seed::BIGINT) AS place
        FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    )
    WHERE list_contains($classes::INTEGER[], class_index)
    GROUP BY class_index
)
ORDER BY class_index, hash(drawn.image_id, $seed::BIGINT)
