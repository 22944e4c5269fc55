-- out: image_id of kept images without a label
SELECT image.id AS image_id
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND image.label IS NULL
    AND coalesce(len(image.labels), 0) = 0
