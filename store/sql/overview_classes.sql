-- out: class_index (null: no label), split (null: none), n of the kept images; an image counts once for each of its labels
SELECT class_index, split, count(*) AS n
FROM (
    SELECT unnest(CASE WHEN len(current_label.labels) > 0 THEN current_label.labels ELSE [current_label.label] END) AS class_index,
        image.split
    FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
)
GROUP BY class_index, split
ORDER BY class_index, split
