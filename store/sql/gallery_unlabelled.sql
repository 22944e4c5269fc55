-- out: image_id of kept images without a label
SELECT image.id AS image_id
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND current_label.label IS NULL AND coalesce(len(current_label.labels), 0) = 0
