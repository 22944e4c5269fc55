-- out: image_id, class_index of the dataset's kept images, a row a label; images without a label are not there
WITH kept AS (
    SELECT image.id, image.label, image.labels
    FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
)
SELECT id AS image_id, label AS class_index FROM kept WHERE labels IS NULL AND label IS NOT NULL
UNION ALL
SELECT id, unnest(list_distinct(labels)) FROM kept WHERE labels IS NOT NULL
ORDER BY image_id, class_index
